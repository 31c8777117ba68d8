package io.lossforge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossforge.ServiceTest;
import io.lossforge.storage.NoSuchBlob;
import io.lossforge.storage.Storage;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

@ServiceTest
class ModelsIT {

    private static final String ARTEFACT = "models/" + "ab".repeat(32) + ".onnx";

    @Autowired
    Models models;

    @Autowired
    Storage storage;

    @BeforeEach
    void storeArtefact() {
        storage.put(ARTEFACT, new ByteArrayInputStream(new byte[1]), 1);
    }

    @Autowired
    TransactionTemplate transactions;

    @Test
    void numbersVersionsFromOneAndKeepsAllThatIsKnownOfThem() {
        var name = newName();
        var job = UUID.randomUUID();
        var first = models.register(made(name, job));
        var second = models.register(made(name, job));

        assertThat(first.version()).isEqualTo(1);
        assertThat(second.version()).isEqualTo(2);
        var found = models.resolve(name + ":2");
        assertThat(found.id()).isEqualTo(second.id());
        assertThat(found.model()).isEqualTo(name);
        assertThat(found.jobId()).isEqualTo(job);
        assertThat(found.dataset()).isEqualTo("digits");
        assertThat(found.datasetVersion()).isEqualTo(4);
        assertThat(found.loss()).isEqualTo("lgl-inr");
        assertThat(found.classes()).containsExactly("zero", "one, \"quoted\"", "zwei {ä}");
        assertThat(found.inputShape()).containsExactly(1, 8, 8);
        assertThat(found.metrics()).containsEntry("balancedAccuracy", 0.9712345678901234);
        assertThat(found.createdAt()).isEqualTo(second.createdAt());
    }

    @Test
    void concurrentRegistrationsGetEachNumberOnce() throws Exception {
        var name = newName();
        var threads = Executors.newFixedThreadPool(8);
        try {
            Callable<Integer> register =
                    () -> models.register(made(name, UUID.randomUUID())).version();
            var numbers = threads.invokeAll(java.util.Collections.nCopies(40, register)).stream()
                    .map(ModelsIT::value)
                    .sorted()
                    .toList();
            assertThat(numbers).isEqualTo(IntStream.rangeClosed(1, 40).boxed().toList());
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void registrationIsUndoneWithTheTransactionOfTheCaller() {
        var name = newName();
        transactions.executeWithoutResult(transaction -> {
            models.register(made(name, UUID.randomUUID()));
            transaction.setRollbackOnly();
        });
        assertThatThrownBy(() -> models.resolve(name)).isInstanceOf(UnknownModel.class);
        assertThat(models.register(made(name, UUID.randomUUID())).version()).isEqualTo(1);
    }

    @Test
    void bareNameMeansTheNewestVersionUntilProductionIsSet() {
        var name = newName();
        models.register(made(name, UUID.randomUUID()));
        models.register(made(name, UUID.randomUUID()));
        assertThat(models.resolve(name).version()).isEqualTo(2);
    }

    @Test
    void noVersionIsMadeOfAnArtefactThatIsNotStored() {
        var name = newName();
        storage.delete(ARTEFACT);
        assertThatThrownBy(() -> models.register(made(name, UUID.randomUUID()))).isInstanceOf(NoSuchBlob.class);
        assertThatThrownBy(() -> models.resolve(name)).isInstanceOf(UnknownModel.class);
    }

    @Test
    void saysWhatIsKnownWhenAReferenceIsNot() {
        var name = newName();
        models.register(made(name, UUID.randomUUID()));
        assertThatThrownBy(() -> models.resolve(name + "x"))
                .isInstanceOf(UnknownModel.class)
                .hasMessageContaining("model \"%sx\" is not known; did you mean \"%s\"?", name, name);
        assertThatThrownBy(() -> models.resolve(name + ":7"))
                .hasMessage("model \"%s\" has no version 7; newest: 1".formatted(name));
        assertThatThrownBy(() -> models.resolve(name + "@staging"))
                .hasMessage("model \"%s\" has no alias \"staging\", nor any other".formatted(name));
        assertThatThrownBy(() -> models.resolve("../etc"))
                .isInstanceOf(UnknownModel.class)
                .hasMessageContaining("name, name@alias or name:version");
    }

    private static String newName() {
        return "m-" + UUID.randomUUID();
    }

    private static NewModelVersion made(String model, UUID job) {
        return new NewModelVersion(
                model,
                job,
                "digits",
                4,
                "lgl-inr",
                ARTEFACT,
                "ab".repeat(32),
                1234,
                List.of("zero", "one, \"quoted\"", "zwei {ä}"),
                "images",
                List.of(1, 8, 8),
                "sigmoid",
                Map.of("accuracy", 0.98, "balancedAccuracy", 0.9712345678901234));
    }

    private static <T> T value(java.util.concurrent.Future<T> future) {
        try {
            return future.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
