package io.lossforge.model;

import io.lossforge.web.ApiException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ETag;

/**
 * What a caller demands of the present state by {@code If-Match} (RFC 9110 §13.1.1).
 *
 * @param what the thing, for messages, such as {@code alias "production" of model "digits"}
 * @param ifMatch the header; null if it was not sent
 */
public record Precondition(String what, @Nullable String ifMatch) {

    /** The entity tag of a revision. */
    public static String tag(long revision) {
        return "\"" + revision + "\"";
    }

    /** @throws ApiException 412 if a tag was sent that is not this revision's */
    public void check(long revision) {
        if (ifMatch != null && !matches(ifMatch, revision)) {
            throw ApiException.preconditionFailed("%s is at %s now, If-Match says %s: read it again, then decide"
                    .formatted(what, tag(revision), shown(ifMatch)));
        }
    }

    /** @throws ApiException 428 if no tag was sent, 412 if it is not this revision's */
    public void checkRequired(long revision) {
        if (ifMatch == null) {
            throw ApiException.preconditionRequired(
                    "%s exists: send If-Match with the ETag that you read, so that nobody's change is lost"
                            .formatted(what));
        }
        check(revision);
    }

    /** @throws ApiException 412 if any tag was sent, for there is nothing that it could match */
    public void checkAbsent() {
        if (ifMatch != null) {
            throw ApiException.preconditionFailed(
                    "%s does not exist, If-Match says %s".formatted(what, shown(ifMatch)));
        }
    }

    private static boolean matches(String ifMatch, long revision) {
        return ETag.parse(ifMatch).stream()
                .anyMatch(tag -> tag.isWildcard() || (!tag.weak() && tag.tag().equals(Long.toString(revision))));
    }

    private static String shown(String header) {
        return header.length() > 80 ? header.substring(0, 80) + "…" : header;
    }
}
