package io.lossforge.image;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.ImageReaderSpi;

/** ImageIO's readers by format, each kept by the thread that made it, since making one costs more than a small picture does. */
final class Readers {

    private static final Map<String, List<ImageReaderSpi>> PROVIDERS = new ConcurrentHashMap<>();
    private static final ThreadLocal<Map<ImageReaderSpi, ImageReader>> KEPT =
            ThreadLocal.withInitial(java.util.HashMap::new);

    private Readers() {}

    /** The JDK's own first, which is the fastest; the plug-ins after it read what it can't. */
    static List<ImageReaderSpi> of(PictureFormat format) {
        return PROVIDERS.computeIfAbsent(format.readerName, Readers::find);
    }

    private static List<ImageReaderSpi> find(String name) {
        var found = new ArrayList<ImageReaderSpi>();
        ImageIO.getImageReadersByFormatName(name).forEachRemaining(reader -> {
            found.add(reader.getOriginatingProvider());
            reader.dispose();
        });
        found.sort(
                Comparator.comparing(provider -> !provider.getClass().getName().startsWith("com.sun.")));
        return List.copyOf(found);
    }

    /** This thread's reader. */
    static ImageReader get(ImageReaderSpi provider) {
        return KEPT.get().computeIfAbsent(provider, Readers::make);
    }

    private static ImageReader make(ImageReaderSpi provider) {
        try {
            return provider.createReaderInstance();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Gives up a reader: one that failed is in a state that is not known, one that has read a large picture still holds it. */
    static void drop(ImageReaderSpi provider) {
        var reader = KEPT.get().remove(provider);
        if (reader != null) {
            reader.dispose();
        }
    }
}
