package io.lossforge.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds the format of a delivery by the content of its files. */
@Component
class Formats {

    private final List<DatasetFormat> formats;

    /**
     * Of all formats there are.
     *
     * @param formats in the order they are to be asked
     */
    Formats(List<DatasetFormat> formats) {
        this.formats = List.copyOf(formats);
    }

    /**
     * The one format of all its files.
     *
     * @throws RefusedUpload if there is none, or the sender says something about it that it does not know
     */
    DatasetFormat of(Delivery delivery) throws IOException {
        var first = delivery.files().get(0);
        var format = of(first);
        for (var source : delivery.all().skip(1).toList()) {
            var other = of(source);
            if (other != format) {
                throw source.refused("is %s where %s is %s; the files of one dataset must have one format"
                        .formatted(other.name(), Shown.name(first.name()), format.name()));
            }
        }
        checkOption(format, "imageSize", delivery.options().imageSize());
        checkOption(format, "labelColumn", delivery.options().labelColumn());
        checkOption(format, "maxValue", delivery.options().maxValue());
        return format;
    }

    private DatasetFormat of(Source source) throws IOException {
        if (Files.isRegularFile(source.path()) && Files.size(source.path()) == 0) {
            throw source.refused("is empty");
        }
        for (var format : formats) {
            if (format.recognises(source)) {
                return format;
            }
        }
        throw source.refused("starts with \"%s\", which is none of the formats that are read: %s"
                .formatted(
                        Shown.bytes(source.head(12)),
                        formats.stream().map(DatasetFormat::summary).collect(Collectors.joining("; "))));
    }

    private static void checkOption(DatasetFormat format, String option, @Nullable Object value) {
        if (value != null && !format.options().contains(option)) {
            throw new RefusedUpload("/" + option, "says nothing about files of the format " + format.name());
        }
    }
}
