package io.lossforge.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A service started behind a long class path must load its models: ONNX Runtime reads the process's command line on the way. */
class LongCommandLineIT {

    /** The process under test. */
    static final class Loading {

        public static void main(String[] arguments) throws Exception {
            var classifier = new OnnxClassifier(List.of(4), 3, 1);
            LoadedModel.load(classifier.onnx(), new Input(false, List.of(4), 4), 3, 1)
                    .close();
        }
    }

    @Test
    void modelLoadsWhateverTheLengthOfTheCommandLine() throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dpadding=" + "x".repeat(100_000),
                        "-classpath",
                        System.getProperty("java.class.path"),
                        Loading.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();

        assertThat(process.waitFor()).isZero();
    }
}
