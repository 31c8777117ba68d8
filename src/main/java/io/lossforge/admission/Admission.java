package io.lossforge.admission;

import io.lossforge.model.ModelVersion;
import io.lossforge.model.Models;
import io.lossforge.model.NewModelVersion;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.storage.Blobs;
import io.lossforge.storage.DataDirectory;
import io.lossforge.storage.NoSuchBlob;
import io.lossforge.web.ApiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.FileSystemUtils;
import org.springframework.util.StringUtils;
import org.springframework.web.multipart.MultipartFile;

/** Makes a version of a file that someone brought, if it stands the examination; else nothing is left of it. */
@Component
@ConditionalOnRole(Role.SERVER)
class Admission {

    private static final Logger log = LoggerFactory.getLogger(Admission.class);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    private static final Duration ABANDONED_AFTER = Duration.ofDays(1);
    private static final int LONGEST_NAME = 200;

    private final Examiner examiner;
    private final Models models;
    private final BroughtModels brought;
    private final Blobs blobs;
    private final TransactionTemplate transaction;
    private final Semaphore places;
    private final Path root;

    Admission(
            Examiner examiner,
            Models models,
            BroughtModels brought,
            Blobs blobs,
            TransactionTemplate transaction,
            AdmissionSettings settings,
            DataDirectory data)
            throws IOException {
        this.examiner = examiner;
        this.models = models;
        this.brought = brought;
        this.blobs = blobs;
        this.transaction = transaction;
        this.places = new Semaphore(settings.atOnce());
        this.root = data.resolve("admission");
        sweep();
    }

    /** A version, and whether this upload made it. */
    record Admitted(ModelVersion version, boolean isNew) {}

    /**
     * Admits a file. The same file, of which the same is said, is the same version again.
     *
     * @throws Refusal if it can't become a version
     * @throws ApiException 503 if too many are being examined
     */
    Admitted admit(String model, MultipartFile file, Declaration declaration, @Nullable String by)
            throws IOException, InterruptedException {
        if (!places.tryAcquire(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw ApiException.unavailable(
                    "examinations-busy", "other files are being examined; try again", Duration.ofSeconds(30));
        }
        var directory = Files.createTempDirectory(root, "file");
        try {
            var path = directory.resolve(Examination.UPLOADED);
            file.transferTo(path.toFile());
            var upload = new Upload(shownName(file.getOriginalFilename()), sha256(path), Files.size(path), by);
            var present = brought.find(model, upload.sha256(), declaration);
            return present != null ? present(model, present) : examine(model, directory, declaration, upload);
        } finally {
            FileSystemUtils.deleteRecursively(directory);
            places.release();
        }
    }

    private Admitted examine(String model, Path directory, Declaration declaration, Upload upload)
            throws IOException, InterruptedException {
        var accepted = examiner.examine(directory, declaration);
        var artefact = directory.resolve(Examination.NORMALISED);
        var sha256 = sha256(artefact);
        var made = new NewModelVersion(
                model,
                null,
                null,
                null,
                null,
                "models/" + sha256 + ".onnx",
                sha256,
                Files.size(artefact),
                accepted.labels(),
                accepted.inputKind(),
                accepted.inputShape(),
                accepted.servingTransform(),
                Map.of());
        blobs.put(made.artefactKey(), artefact);
        try {
            return register(made, declaration, upload, accepted.findings());
        } catch (NoSuchBlob e) { // the last version with an equal artefact was deleted just now, and the bytes with it
            blobs.put(made.artefactKey(), artefact);
            return register(made, declaration, upload, accepted.findings());
        }
    }

    private Admitted register(NewModelVersion made, Declaration declaration, Upload upload, Findings findings) {
        var admitted = Objects.requireNonNull(transaction.execute(status -> {
            brought.lock(made.model());
            var present = brought.find(made.model(), upload.sha256(), declaration);
            if (present != null) {
                return present(made.model(), present);
            }
            var version = models.register(made);
            brought.store(version, upload, declaration, findings);
            return new Admitted(version, true);
        }));
        if (admitted.isNew()) {
            log.info("{} was brought as {}, {} bytes", admitted.version().reference(), upload.sha256(), upload.bytes());
        }
        return admitted;
    }

    private Admitted present(String model, int version) {
        return new Admitted(models.resolve("%s:%d".formatted(model, version)), false);
    }

    private static @Nullable String shownName(@Nullable String original) {
        var name = original == null ? "" : StringUtils.getFilename(original.replace('\\', '/'));
        var clean = name == null ? "" : name.replaceAll("\\p{Cntrl}", "").strip();
        return clean.isEmpty() ? null : clean.substring(0, Math.min(clean.length(), LONGEST_NAME));
    }

    private static String sha256(Path file) throws IOException {
        try (var stream = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            stream.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(stream.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Removes what a process that was killed left: no examination takes so long. */
    private void sweep() throws IOException {
        var before = Instant.now().minus(ABANDONED_AFTER);
        try (var children = Files.newDirectoryStream(root)) {
            for (var child : children) {
                if (Files.getLastModifiedTime(child).toInstant().isBefore(before)) {
                    FileSystemUtils.deleteRecursively(child);
                }
            }
        }
    }
}
