package io.lossforge.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The trainer as the worker meets it: a process that is told things and says things. */
class TrainerIT {

    private static final String ENDLESS =
            "{'dataset':'digits','epochs':100000,'optimizer':{'name':'sgd','parameters':{'learningRate':0.01}}}";

    @TempDir
    static Path shared;

    private static Path digits;

    @TempDir
    Path directory;

    @BeforeAll
    static void pack() throws IOException {
        digits = PackedForTests.digits(shared.resolve("digits"));
    }

    private TrainerCommand.Run job(String spec, String output) throws IOException {
        var json = (ObjectNode) JsonMapper.shared().readTree(spec.replace('\'', '"'));
        var made = Files.createDirectories(directory.resolve(output));
        return new TrainerCommand.Run("0192", 1, json, digits.toString(), made.toString(), 1, "cpu");
    }

    private TrainerEvent last(String spec, String output) throws IOException, InterruptedException {
        try (var trainer = new TrainerProcess(directory)) {
            trainer.send(job(spec, output));
            assertThat(trainer.exitCode()).isZero();
            var events = trainer.events();
            assertThat(events.get(0)).isInstanceOf(TrainerEvent.Ready.class);
            return events.get(events.size() - 1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"""
                {'dataset':'digits','epochs':2,'architecture':{'name':'lenet'},'optimizer':{'name':'sgd'},
                 'augmentations':[{'name':'random-crop','parameters':{'padding':1}}]}""", "{'dataset':'digits','epochs':2,'loss':{'name':'lgl-inr'},'optimizer':{'name':'adam'}}"})
    void repeatsBitForBitInAnotherProcess(String spec) throws IOException, InterruptedException {
        var first = (TrainerEvent.Finished) last(spec, "first");
        var again = (TrainerEvent.Finished) last(spec, "again");

        assertThat(again.weightsSha256()).isEqualTo(first.weightsSha256());
        assertThat(again.artefactSha256())
                .isEqualTo(first.artefactSha256())
                .isEqualTo(Digests.sha256(
                        Files.readAllBytes(directory.resolve("again").resolve(again.artefact()))));
    }

    @Test
    void stopsWithACheckpointFromWhichAnotherProcessGoesOn() throws IOException, InterruptedException {
        var spec = "{'dataset':'digits','epochs':12,'batchSize':16}";
        var straight = (TrainerEvent.Finished) last(spec, "straight");

        TrainerEvent.Stopped stopped;
        try (var trainer = new TrainerProcess(directory)) {
            trainer.send(job(spec, "stopped"));
            trainer.await(TrainerEvent.Metrics.class);
            trainer.send(new TrainerCommand.Stop());
            stopped = trainer.await(TrainerEvent.Stopped.class);
            assertThat(trainer.exitCode()).isZero();
            assertThat(trainer.await(TrainerEvent.Checkpoint.class).step()).isEqualTo(stopped.step());
        }
        var resumed = (TrainerEvent.Finished) last(spec, "stopped");

        assertThat(stopped.step()).isBetween(1L, straight.step() - 1);
        assertThat(resumed.weightsSha256()).isEqualTo(straight.weightsSha256());
    }

    @Test
    void cancelEndsARunningJob() throws IOException, InterruptedException {
        try (var trainer = new TrainerProcess(directory)) {
            trainer.await(TrainerEvent.Ready.class);
            trainer.send(job(ENDLESS, "out"));
            trainer.await(TrainerEvent.Progress.class);
            trainer.send(new TrainerCommand.Cancel());

            assertThat(trainer.exitCode()).isZero();
            assertThat(trainer.await(TrainerEvent.Stopped.class).step()).isPositive();
            assertThat(directory.resolve("out")).isEmptyDirectory();
        }
    }

    @Test
    void aLostSupervisorCancelsTheJob() throws IOException, InterruptedException {
        try (var trainer = new TrainerProcess(directory)) {
            trainer.send(job(ENDLESS, "out"));
            trainer.await(TrainerEvent.Progress.class);
            trainer.closeInput();

            assertThat(trainer.exitCode()).isZero();
            assertThat(trainer.await(TrainerEvent.Stopped.class).step()).isPositive();
        }
    }

    @Test
    void endsWithoutAJobWhenInputEnds() throws IOException, InterruptedException {
        try (var trainer = new TrainerProcess(directory)) {
            trainer.closeInput();

            assertThat(trainer.exitCode()).isZero();
            assertThat(trainer.await(TrainerEvent.Stopped.class).step()).isNull();
        }
    }

    @Test
    void garbageInsteadOfAJobFailsInWords() throws IOException, InterruptedException {
        try (var trainer = new TrainerProcess(directory)) {
            trainer.sendLine("{\"command\":\"run\",\"job\":");

            assertThat(trainer.exitCode()).isZero();
            assertThat(trainer.await(TrainerEvent.Failed.class))
                    .isEqualTo(new TrainerEvent.Failed(
                            "error", "not a trainer command: {\"command\":\"run\",\"job\":", null));
        }
    }

    @Test
    void aDivergingJobFailsWithItsStep() throws IOException, InterruptedException {
        var failed = (TrainerEvent.Failed)
                last("{'dataset':'digits','optimizer':{'name':'sgd','parameters':{'learningRate':1000000}}}", "out");

        assertThat(failed.reason()).isEqualTo("diverged");
        assertThat(failed.step()).isBetween(2L, 20L);
        assertThat(failed.message()).contains("try a lower learning rate").doesNotContain(directory.toString());
    }

    @Test
    void aBrokenDatasetFailsWithoutAPath() throws IOException, InterruptedException {
        var spec = job("{'dataset':'digits'}", "out");
        try (var trainer = new TrainerProcess(directory)) {
            trainer.send(
                    new TrainerCommand.Run(spec.job(), 1, spec.spec(), directory.toString(), spec.output(), 1, "cpu"));

            assertThat(trainer.exitCode()).isZero();
            assertThat(trainer.await(TrainerEvent.Failed.class).message())
                    .isEqualTo("dataset file manifest.json: is missing");
        }
    }

    @Test
    void tooLittleMemoryIsToldAsSuch() throws IOException, InterruptedException {
        try (var trainer = new TrainerProcess(directory, "-XX:MaxDirectMemorySize=64k")) {
            trainer.send(job("{'dataset':'digits','batchSize':1200}", "out")); // 75 KiB of pixels

            assertThat(trainer.exitCode()).isZero();
            assertThat(trainer.await(TrainerEvent.Failed.class))
                    .isEqualTo(new TrainerEvent.Failed(
                            "out_of_memory",
                            "not enough memory on the cpu before the first step: try a smaller batchSize or a smaller network",
                            null));
        }
    }

    @Test
    void canBeRunByHandFromAFileAndIgnoresGarbageAfterTheJob() throws IOException, InterruptedException {
        var commands = directory.resolve("job.jsonl");
        Files.writeString(commands, TrainerJson.write(job("{'dataset':'digits','epochs':2}", "out")) + "\n\nstop?\n");
        var output = directory.resolve("events.jsonl");
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dai.djl.pytorch.num_threads=1",
                        "io.lossforge.training.Trainer")
                .redirectInput(commands.toFile())
                .redirectOutput(output.toFile())
                .redirectError(directory.resolve("log").toFile())
                .start();

        assertThat(process.waitFor()).isZero();
        assertThat(Files.readString(directory.resolve("log"))).contains("not a trainer command: stop?; ignored");
        var lines = Files.readAllLines(output);
        assertThat(TrainerJson.readEvent(lines.get(lines.size() - 1))).isInstanceOf(TrainerEvent.Finished.class);
    }
}
