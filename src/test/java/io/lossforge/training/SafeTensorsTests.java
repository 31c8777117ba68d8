package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTests {

    @TempDir
    Path directory;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = Libtorch.engine().newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void writesTheFormatAndReadsItBack() throws IOException {
        var arrays = new LinkedHashMap<String, NDArray>();
        arrays.put("weights/a", manager.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(2, 3)));
        arrays.put("steps", manager.create(new long[] {Long.MAX_VALUE}, new Shape(1)));
        arrays.put("scalar", manager.create(2.5f));
        var file = directory.resolve("c.safetensors");

        var written = SafeTensors.write(file, arrays, Map.of("format", "x"));

        var bytes = Files.readAllBytes(file);
        assertThat(written.bytes()).isEqualTo(bytes.length);
        assertThat(written.sha256())
                .isEqualTo(HexFormat.of().formatHex(Digests.sha256().digest(bytes)));
        int header = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        assertThat(new String(bytes, 8, header, StandardCharsets.UTF_8).strip())
                .isEqualTo("{\"__metadata__\":{\"format\":\"x\"},"
                        + "\"weights/a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                        + "\"steps\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[24,32]},"
                        + "\"scalar\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[32,36]}}");
        assertThat(header % 8).isZero();

        var content = SafeTensors.read(file, manager);
        assertThat(content.metadata()).containsExactly(Map.entry("format", "x"));
        assertThat(content.arrays().keySet()).containsExactly("weights/a", "steps", "scalar");
        arrays.forEach((name, array) -> assertThat(content.arrays().get(name)).isEqualTo(array));
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aFileCutShortAnywhereIsRefused() throws IOException {
        var file = directory.resolve("c.safetensors");
        SafeTensors.write(file, Map.of("a", manager.create(new float[] {1, 2})), Map.of());
        var bytes = Files.readAllBytes(file);
        for (int length = 0; length < bytes.length; length++) {
            Files.write(file, Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> SafeTensors.read(file, manager)).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F99\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2000000000,2000000000,2000000000],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2000000000],\"data_offsets\":[0,8000000000]}}",
                "{\"a\":7}",
                "{\"a\""
            })
    void aHeaderThatLiesIsRefused(String header) throws IOException {
        var file = directory.resolve("c.safetensors");
        var text = header.getBytes(StandardCharsets.UTF_8);
        Files.write(
                file,
                ByteBuffer.allocate(16 + text.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(text.length)
                        .put(text)
                        .array());

        assertThatThrownBy(() -> SafeTensors.read(file, manager)).isInstanceOf(IOException.class);
    }
}
