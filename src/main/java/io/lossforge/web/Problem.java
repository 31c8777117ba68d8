package io.lossforge.web;

import io.lossforge.catalogue.Violation;
import java.util.List;
import org.springframework.http.HttpStatus;

/**
 * What a failed request is answered with (RFC 9457).
 *
 * @param type always {@code about:blank}: the code says what happened
 * @param title the status in words
 * @param status the HTTP status
 * @param detail what happened, for people
 * @param instance the path asked for
 * @param code what happened, for programs, in kebab case
 * @param traceId names this request in the service's log
 * @param errors what is wrong with the request, each with its JSON pointer; a query parameter, header or form field is pointed to as
 *     if it were a member; may be empty
 */
record Problem(
        String type,
        String title,
        int status,
        String detail,
        String instance,
        String code,
        String traceId,
        List<Violation> errors) {

    static Problem of(Refusal refusal, String instance, String traceId) {
        var known = HttpStatus.resolve(refusal.status());
        return new Problem(
                "about:blank",
                known == null ? "Error" : known.getReasonPhrase(),
                refusal.status(),
                refusal.detail(),
                instance,
                refusal.code(),
                traceId,
                refusal.errors());
    }
}
