package io.lossforge.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.admission.Declaration.Activation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

/** Whatever a file does to the process that examines it, the answer is a refusal. */
class ExaminerIT {

    private static final Declaration SAID = said("output");

    @TempDir
    Path directory;

    /** Stands for native code that takes the process with it. */
    static final class Crashing {

        public static void main(String[] arguments) throws Exception {
            Files.writeString(Path.of(Examination.STAGE), Examination.Stage.LOADING.name());
            Runtime.getRuntime().halt(139);
        }
    }

    @Test
    void aGoodFileIsAccepted() throws Exception {
        Files.write(directory.resolve(Examination.UPLOADED), OnnxFiles.bytes(OnnxFiles.linear(4, 3, "batch", 4)));
        var accepted = new Examiner(settings(Duration.ofSeconds(60), 1024)).examine(directory, SAID);
        assertThat(accepted.inputShape()).containsExactly(4);
        assertThat(Files.size(directory.resolve(Examination.NORMALISED))).isPositive();
    }

    @Test
    void oneThatTakesTooLongIsGivenUp() throws Exception {
        Files.write(directory.resolve(Examination.UPLOADED), OnnxFiles.bytes(OnnxFiles.endless()));
        assertRefused(new Examiner(settings(Duration.ofSeconds(3), 2048)), said("slow"), "was given up after PT3S");
    }

    @Test
    void oneThatWantsTooMuchMemoryIsRefused() throws Exception {
        Files.write(directory.resolve(Examination.UPLOADED), OnnxFiles.bytes(OnnxFiles.gigantic()));
        assertRefused(new Examiner(settings(Duration.ofSeconds(60), 1024)), said("big"), "lloc");
    }

    @Test
    void oneThatFillsTheHeapWhileItIsReadIsRefused() throws Exception {
        var bomb = OnnxFiles.model(OnnxFiles.linear(4, 3, "batch", 4)).build().toByteArray();
        var file = java.util.Arrays.copyOf(
                bomb, bomb.length + (24 << 20)); // empty nodes of two bytes each, in a graph again
        var length = (24 << 20) - 16;
        int at = bomb.length;
        file[at++] = 0x3a; // field 7, the graph, of so many bytes
        for (int rest = length; ; rest >>>= 7) {
            file[at++] = (byte) (rest > 127 ? rest & 127 | 128 : rest);
            if (rest <= 127) {
                break;
            }
        }
        for (int i = 0; i < length; i += 2) {
            file[at + i] = 0x0a; // field 1, a node, of no bytes
        }
        Files.write(directory.resolve(Examination.UPLOADED), java.util.Arrays.copyOf(file, at + length));
        assertRefused(
                new Examiner(settings(Duration.ofSeconds(60), 512)),
                SAID,
                "needs more memory than lossforge.admission.trial-memory");
    }

    @Test
    void oneThatCrashesTheProcessIsRefused() {
        assertRefused(
                new Examiner(settings(Duration.ofSeconds(60), 512), Crashing.class.getName()),
                SAID,
                "ended the process that tried it, by a crash or for want of memory, while ONNX Runtime loaded it");
    }

    @Test
    void aProcessThatCanNotStartIsNoFaultOfTheFile() {
        assertThatThrownBy(() ->
                        new Examiner(settings(Duration.ofSeconds(60), 512), "no.such.Main").examine(directory, SAID))
                .isInstanceOf(IllegalStateException.class);
    }

    private void assertRefused(Examiner examiner, Declaration said, String detail) {
        assertThatThrownBy(() -> examiner.examine(directory, said))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(detail);
    }

    private static AdmissionSettings settings(Duration timeout, int megabytes) {
        return new AdmissionSettings(DataSize.ofMegabytes(64), DataSize.ofMegabytes(megabytes), timeout, 1);
    }

    private static Declaration said(String logits) {
        return new Declaration(
                List.of("a", "b", "c"), null, null, List.of(), List.of(), logits, null, Activation.SOFTMAX);
    }
}
