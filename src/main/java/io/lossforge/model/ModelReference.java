package io.lossforge.model;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code name}, {@code name@alias} or {@code name:version} names.
 *
 * @param alias null unless given
 * @param version null unless given
 */
record ModelReference(
        String model, @Nullable String alias, @Nullable Integer version) {

    private static final Pattern FORM =
            Pattern.compile("([a-z0-9][a-z0-9._-]{0,62})(?:@([a-z0-9][a-z0-9._-]{0,62})|:([1-9][0-9]{0,8}))?");

    /** @throws UnknownModel if the text has none of the three forms */
    static ModelReference of(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            throw UnknownModel.unreadable(text);
        }
        var version = match.group(3);
        return new ModelReference(match.group(1), match.group(2), version == null ? null : Integer.valueOf(version));
    }
}
