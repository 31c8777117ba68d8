package io.lossforge.dataset;

import io.lossforge.image.Picture;
import io.lossforge.image.Pictures;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads archives whose folders are classes and whose files are pictures. The first pass looks at names only and refuses what is wrong
 * with them; the second decodes. Unreadable pictures are left out as long as they are at most one in a hundred.
 */
class ClassFolders implements PictureDecoding.Receiver {

    private static final String UNREADABLE = "unreadable pictures were left out";
    private static final String HIDDEN = "hidden files were left out";
    private static final String OUTSIDE = "files outside of a class folder were left out";
    private static final int MOST_UNREADABLE_PER_HUNDRED = 1;

    private final Delivery delivery;
    private final Packing packing;
    private final Opener opener;
    private long pictures;
    private @Nullable Source source;
    private @Nullable String firstPicture;
    private @Nullable String firstUnreadable;

    /** Opens the container. */
    interface Opener {
        Archive open(Source source, Unpacking unpacking);
    }

    ClassFolders(Delivery delivery, Packing packing, Opener opener) {
        this.delivery = delivery;
        this.packing = packing;
        this.opener = opener;
    }

    void read() throws IOException {
        var size = delivery.options().imageSize();
        try (var decoding = new PictureDecoding(delivery.limits(), size, this)) {
            for (var each : delivery.files()) {
                read(each, null, decoding);
            }
            for (var each : delivery.testFiles()) {
                read(each, Split.TEST, decoding);
            }
        }
        var unreadable = delivery.notices().count(UNREADABLE);
        if (unreadable * 100 > (pictures + unreadable) * MOST_UNREADABLE_PER_HUNDRED) {
            throw current()
                    .refused("%d of %d files are no pictures that can be read, at most one in a hundred may be: %s"
                            .formatted(unreadable, pictures + unreadable, firstUnreadable));
        }
    }

    private Source current() {
        return java.util.Objects.requireNonNull(source);
    }

    private void read(Source next, @Nullable Split all, PictureDecoding decoding) throws IOException {
        source = next;
        var layout = survey(next);
        opener.open(next, delivery.unpacking()).each(entry -> {
            if (!entry.isDirectory()) {
                read(entry, layout, all, decoding);
            }
            return true;
        });
        decoding.finish();
    }

    private void read(Archive.Entry entry, FolderLayout layout, @Nullable Split all, PictureDecoding decoding)
            throws IOException {
        if (isHidden(entry.path())) {
            delivery.notices().skipped(HIDDEN, entry.path());
            return;
        }
        var place = layout.place(folder(entry.path()));
        if (place == null) {
            delivery.notices().skipped(OUTSIDE, entry.path());
            return;
        }
        try (var in = entry.open()) {
            var encoded = in.readNBytes(delivery.limits().pictures().maxBytes() + 1);
            decoding.submit(
                    all == null ? place : new FolderLayout.Place(all, place.className()), entry.path(), encoded);
        }
    }

    /** The pass over the names. */
    private FolderLayout survey(Source next) throws IOException {
        var holdingFiles = new LinkedHashSet<String>();
        var folders = new LinkedHashSet<String>();
        int most = 4 * delivery.limits().maxClasses() + 1000;
        opener.open(next, delivery.unpacking().again()).each(entry -> {
            if (isHidden(entry.path())) {
                return true;
            }
            (entry.isDirectory() ? folders : holdingFiles)
                    .add(entry.isDirectory() ? entry.path() : folder(entry.path()));
            if (folders.size() > most || holdingFiles.size() > most) {
                throw next.refused("has more than %d folders".formatted(most));
            }
            return true;
        });
        if (holdingFiles.stream().allMatch(String::isEmpty)) {
            throw next.refused(
                    holdingFiles.isEmpty()
                            ? "empty: there is no file in it"
                            : "has no class folders: pictures are expected in a folder per class, such as cat/1.png");
        }
        var layout = FolderLayout.of(holdingFiles);
        checkClasses(next, layout, holdingFiles, folders);
        if (layout.validationIsTest()) {
            delivery.notices().add("the validation folder became the test split, there being no test folder");
        }
        if (layout.validationIsTraining()) {
            delivery.notices()
                    .add("the validation folder joined the training split; a job sets its own validation part aside");
        }
        return layout;
    }

    private void checkClasses(Source next, FolderLayout layout, Set<String> holdingFiles, Set<String> folders) {
        var filled = new HashSet<FolderLayout.Place>();
        for (var folder : holdingFiles) {
            var place = layout.place(folder);
            if (place != null) {
                filled.add(place);
                index(next, place.className());
            }
        }
        for (var folder : folders) {
            var place = layout.place(folder);
            if (place != null && layout.isClass(folder)) {
                index(next, place.className());
                if (!filled.contains(place) && place.split() == Split.TRAIN) {
                    throw next.refused(folder, "is an empty class folder");
                }
            }
        }
    }

    private int index(Source next, String className) {
        try {
            return packing.classes().indexOfFolder(className);
        } catch (IllegalArgumentException e) {
            throw next.refused(String.valueOf(e.getMessage()));
        }
    }

    private static String folder(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    /** What file managers leave behind, and hidden files. */
    static boolean isHidden(String path) {
        return List.of(path.split("/")).stream()
                .anyMatch(segment -> segment.startsWith(".")
                        || segment.equals("__MACOSX")
                        || segment.equalsIgnoreCase("Thumbs.db")
                        || segment.equalsIgnoreCase("desktop.ini"));
    }

    @Override
    public void picture(FolderLayout.Place place, String path, Picture picture) throws IOException {
        pictures++;
        if (firstPicture == null) {
            firstPicture = path;
            packing.images(picture.channels(), picture.height(), picture.width());
        }
        int channels = packing.shape().get(0);
        int height = packing.shape().get(1);
        int width = packing.shape().get(2);
        if (picture.height() != height || picture.width() != width) {
            throw current()
                    .refused(
                            path,
                            "is %dx%d pixels where %s is %dx%d; give imageSize (height x width) to bring all to one size"
                                    .formatted(
                                            picture.height(),
                                            picture.width(),
                                            Shown.name(firstPicture),
                                            height,
                                            width));
        }
        if (picture.channels() > channels) {
            packing.toColour();
            channels = picture.channels();
        }
        packing.input(place.split(), Pictures.toSamples(picture, channels, height, width));
        packing.label(place.split(), index(current(), place.className()));
    }

    @Override
    public void unreadable(FolderLayout.Place place, String path, String why) {
        delivery.notices().skipped(UNREADABLE, path);
        if (firstUnreadable == null) {
            firstUnreadable = "%s: %s".formatted(Shown.name(path), why);
        }
    }
}
