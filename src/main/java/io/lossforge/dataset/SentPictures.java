package io.lossforge.dataset;

import io.lossforge.image.Picture;
import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.multipart.MultipartFile;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Pictures, and archives of them, that are sent to be predicted and not to be registered. They are read within the bounds of ingestion and made
 * samples of a model in the same way. Unlike there, every picture must be readable: each was sent to get an answer.
 */
@Component
@ConditionalOnRole(Role.SERVER)
public class SentPictures {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Workspaces workspaces;
    private final IngestLimits limits;
    private final Semaphore places;

    SentPictures(Workspaces workspaces, DatasetSettings settings) {
        this.workspaces = workspaces;
        this.limits = settings.limits();
        this.places = new Semaphore(settings.atOnce(), true);
    }

    /**
     * Samples on the local disk, removed when it is closed: {@code inputs.npy}, uint8 {@code [samples, channels, height, width]}, and
     * {@code samples.jsonl}, a line {@code {"file":…,"label":…}} for each, without a label where it is not known.
     *
     * @param name of the first file that was sent
     */
    public record Pack(String name, long count, List<Path> files, Workspaces.Workspace workspace)
            implements AutoCloseable {

        @Override
        public void close() {
            workspace.close();
        }
    }

    /**
     * Reads what was sent.
     *
     * @param shape {@code [channels, height, width]} that the model takes
     * @param classes the picture in a folder of one of these names is of that class
     * @throws ApiException 422 if a file is neither a picture nor an archive of pictures, or a picture can't be read
     */
    public Pack pack(List<MultipartFile> sent, List<Integer> shape, List<String> classes) throws IOException {
        waitForPlace();
        var workspace = workspaces.open();
        try {
            var sources = receive(sent, workspace.directory());
            var names = workspace.directory().resolve("samples.jsonl");
            var inputs = workspace.directory().resolve("inputs.npy");
            long count;
            try (var samples = new Samples(inputs, names, shape, Set.copyOf(classes))) {
                count = samples.pack(sources, limits);
            }
            return new Pack(sources.get(0).name(), count, List.of(inputs, names), workspace);
        } catch (RefusedUpload e) {
            workspace.close();
            throw ApiException.unprocessable(e.pointer(), e.detail());
        } catch (IOException | RuntimeException e) {
            workspace.close();
            throw e;
        } finally {
            places.release();
        }
    }

    private static List<Source> receive(List<MultipartFile> sent, Path directory) throws IOException {
        var sources = new ArrayList<Source>();
        for (var file : sent) {
            var path = directory.resolve("file-" + sources.size());
            var name = file.getOriginalFilename();
            file.transferTo(path.toFile());
            sources.add(new Source(
                    "/file", name == null || name.isBlank() ? "file %d".formatted(sources.size()) : name, path));
        }
        return sources;
    }

    private void waitForPlace() {
        try {
            if (!places.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw ApiException.unavailable(
                        "ingestion-busy", "other uploads are being read; try again later", PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.unavailable("ingestion-busy", "the service is stopping", PATIENCE);
        }
    }

    /** Writes samples and their names in the order in which they came. */
    private static final class Samples implements PictureDecoding.Receiver, AutoCloseable {

        private final NpyWriter inputs;
        private final BufferedWriter names;
        private final List<Integer> shape;
        private final Set<String> classes;
        private @Nullable Source source;
        private long count;

        Samples(Path inputs, Path names, List<Integer> shape, Set<String> classes) throws IOException {
            this.inputs = new NpyWriter(inputs);
            this.names = Files.newBufferedWriter(names);
            this.shape = shape;
            this.classes = classes;
        }

        /** @return how many pictures there were, at least one */
        long pack(List<Source> sources, IngestLimits limits) throws IOException {
            long bytes = 0;
            for (var each : sources) {
                bytes += Files.size(each.path());
            }
            var unpacking = new Unpacking(bytes, limits);
            var size = new ImageSize(shape.get(0), shape.get(1), shape.get(2));
            try (var decoding = new PictureDecoding(limits, size, this)) {
                for (var each : sources) {
                    source = each;
                    read(each, unpacking, limits, decoding);
                    decoding.finish();
                }
            }
            if (count == 0) {
                throw sources.get(0).refused("there is no picture in it");
            }
            inputs.finish("|u1", List.of(count, (long) shape.get(0), (long) shape.get(1), (long) shape.get(2)));
            return count;
        }

        private void read(Source each, Unpacking unpacking, IngestLimits limits, PictureDecoding decoding)
                throws IOException {
            var archive = archive(each, unpacking);
            int most = limits.pictures().maxBytes() + 1;
            if (archive == null) {
                try (var in = Files.newInputStream(each.path())) {
                    decoding.submit(place(""), each.name(), in.readNBytes(most));
                }
                return;
            }
            archive.each(entry -> {
                if (!entry.isDirectory() && !ClassFolders.isHidden(entry.path())) {
                    try (var in = entry.open()) {
                        decoding.submit(place(entry.path()), entry.path(), in.readNBytes(most));
                    }
                }
                return true;
            });
        }

        private static @Nullable Archive archive(Source each, Unpacking unpacking) throws IOException {
            if (new ZipFormat().recognises(each)) {
                return new ZipArchive(each, unpacking);
            }
            return new TarFormat().recognises(each) ? new TarArchive(each, unpacking) : null;
        }

        /** The class is that of the folder, if it is one. */
        private FolderLayout.Place place(String path) {
            var segments = path.split("/");
            var folder = segments.length < 2 ? "" : segments[segments.length - 2];
            return new FolderLayout.Place(Split.TEST, classes.contains(folder) ? folder : "");
        }

        @Override
        public void picture(FolderLayout.Place place, String path, Picture picture) throws IOException {
            inputs.write(picture.planes());
            var line = JsonNodeFactory.instance.objectNode().put("file", path);
            if (!place.className().isEmpty()) {
                line.put("label", place.className());
            }
            names.write(JsonMapper.shared().writeValueAsString(line));
            names.write('\n');
            count++;
        }

        @Override
        public void unreadable(FolderLayout.Place place, String path, String why) {
            var of = java.util.Objects.requireNonNull(source);
            throw of.name().equals(path) ? of.refused(why) : of.refused(path, why);
        }

        @Override
        public void close() throws IOException {
            inputs.close();
            names.close();
        }
    }
}
