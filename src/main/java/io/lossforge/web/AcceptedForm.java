package io.lossforge.web;

import java.util.Comparator;
import java.util.List;
import org.springframework.http.MediaType;

/** Which form of an answer the caller likes best (RFC 9110 §12.5.1). */
public final class AcceptedForm {

    private AcceptedForm() {}

    /**
     * Chooses a form.
     *
     * @param accept the header
     * @param offered of those liked equally the first
     */
    public static MediaType of(String accept, List<MediaType> offered) {
        var wanted = MediaType.parseMediaTypes(accept);
        return offered.stream()
                .max(Comparator.<MediaType>comparingDouble(form -> quality(wanted, form))
                        .thenComparing(form -> -offered.indexOf(form)))
                .orElseThrow();
    }

    /** How welcome a form is: by the most specific range that includes it. */
    private static double quality(List<MediaType> wanted, MediaType form) {
        return wanted.stream()
                .filter(range -> range.includes(form))
                .max(Comparator.comparing(range -> range.isConcrete() ? 2 : range.isWildcardType() ? 0 : 1))
                .map(MediaType::getQualityValue)
                .orElse(0.0);
    }
}
