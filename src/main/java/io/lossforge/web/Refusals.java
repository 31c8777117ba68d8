package io.lossforge.web;

import io.lossforge.catalogue.InvalidDocument;
import io.lossforge.catalogue.Violation;
import jakarta.servlet.ServletException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.validation.BindingResult;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;
import org.springframework.validation.method.MethodValidationResult;
import org.springframework.validation.method.ParameterErrors;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MissingRequestHeaderException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.multipart.support.MissingServletRequestPartException;
import org.springframework.web.server.ResponseStatusException;

/** The one map from exception to problem: a pure function. What is not in it is the service's own fault. */
final class Refusals {

    private Refusals() {}

    /** What the exception means to the caller. Says nothing of the service's inside. */
    static Refusal of(Throwable thrown) {
        if (isOfAFullDisk(thrown)) {
            return new Refusal(
                    HttpStatus.INSUFFICIENT_STORAGE,
                    "insufficient-storage",
                    "the service's disk is full: nothing was stored; it can be tried again once there is room");
        }
        var cause = unwrapped(thrown);
        var known = ours(cause);
        if (known == null) {
            known = ofRequest(cause);
        }
        if (known == null) {
            known = ofState(cause);
        }
        return known == null ? Refusal.of(HttpStatus.INTERNAL_SERVER_ERROR.value()) : known;
    }

    /** Java has no type for it, only the system's words. */
    private static boolean isOfAFullDisk(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            var message = String.valueOf(cause.getMessage());
            if (cause instanceof IOException
                    && (message.endsWith("No space left on device") || message.endsWith("Disk quota exceeded"))) {
                return true;
            }
        }
        return false;
    }

    private static Throwable unwrapped(Throwable thrown) {
        if (thrown instanceof ServletException || thrown instanceof CompletionException) {
            var cause = thrown.getCause();
            if (cause != null && !(thrown instanceof ErrorResponse)) {
                return unwrapped(cause);
            }
        }
        return thrown;
    }

    private static @Nullable Refusal ours(Throwable e) {
        if (e instanceof ApiException refusal) {
            var retryAfter = refusal.retryAfter();
            Map<String, String> headers = retryAfter == null
                    ? Map.of()
                    : Map.of(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, retryAfter.toSeconds())));
            return new Refusal(
                    refusal.status().value(), refusal.code(), refusal.detail(), refusal.violations(), headers);
        }
        if (e instanceof InvalidDocument invalid) {
            return Refusal.invalid(invalid.violations());
        }
        if (BodyTooSlow.in(e)) {
            return new Refusal(
                    HttpStatus.REQUEST_TIMEOUT,
                    "request-timeout",
                    "the body comes too slowly: it was not waited for any longer");
        }
        return BodyTooLarge.in(e).map(Refusals::tooLarge).orElse(null);
    }

    private static Refusal tooLarge(BodyTooLarge body) {
        return new Refusal(
                HttpStatus.CONTENT_TOO_LARGE,
                "content-too-large",
                "the body has more than %d bytes".formatted(body.maxBytes()));
    }

    private static @Nullable Refusal ofRequest(Throwable e) {
        if (e instanceof HttpMessageNotReadableException unreadable) {
            return JsonRefusals.of(unreadable);
        }
        if (e instanceof BindingResult binding) {
            return invalid(fieldViolations("", binding.getAllErrors()));
        }
        if (e instanceof MethodValidationResult validation) {
            return invalid(parameterViolations(validation));
        }
        if (e instanceof ConstraintViolationException violations) {
            return invalid(violations.getConstraintViolations().stream()
                    .map(Refusals::violation)
                    .sorted(java.util.Comparator.comparing(Violation::pointer))
                    .toList());
        }
        if (e instanceof TypeMismatchException mismatch) {
            return Refusal.invalid(
                    "/" + Objects.requireNonNullElse(mismatch.getPropertyName(), ""),
                    JsonRefusals.wanted(mismatch.getRequiredType()) + ", was " + shown(mismatch.getValue()));
        }
        if (e instanceof MissingServletRequestParameterException missing) {
            return Refusal.invalid("/" + missing.getParameterName(), "is required");
        }
        if (e instanceof MissingServletRequestPartException missing) {
            return Refusal.invalid("/" + missing.getRequestPartName(), "is required, as a part of multipart/form-data");
        }
        if (e instanceof MissingRequestHeaderException missing) {
            return Refusal.invalid("/" + missing.getHeaderName(), "is required, as a header");
        }
        return ofProtocol(e);
    }

    private static @Nullable Refusal ofProtocol(Throwable e) {
        if (e instanceof HttpRequestMethodNotSupportedException method) {
            var allowed = Objects.requireNonNullElse(method.getSupportedMethods(), new String[0]);
            return error(
                    method,
                    "%s is not possible here; possible: %s"
                            .formatted(
                                    shortened(method.getMethod()),
                                    Arrays.stream(allowed).sorted().collect(Collectors.joining(", "))));
        }
        if (e instanceof HttpMediaTypeNotAcceptableException type) {
            return error(type, "Accept asks for none of what there is: " + listed(type.getSupportedMediaTypes()));
        }
        if (e instanceof HttpMediaTypeNotSupportedException type) {
            return error(
                    type,
                    "Content-Type %s is not taken; taken: %s"
                            .formatted(
                                    type.getContentType() == null
                                            ? "is missing, which"
                                            : shortened(type.getContentType().toString()),
                                    listed(type.getSupportedMediaTypes())));
        }
        if (e instanceof MaxUploadSizeExceededException) {
            return new Refusal(
                    HttpStatus.CONTENT_TOO_LARGE, "content-too-large", "the upload is larger than this service takes");
        }
        if (e instanceof MultipartException) {
            return new Refusal(
                    HttpStatus.BAD_REQUEST,
                    "malformed-multipart",
                    "the body is no complete multipart/form-data; it may have been cut off");
        }
        if (e instanceof InvalidParameterException unread) { // Tomcat's, from whoever asks for a parameter first
            return ofProtocol(
                    unread.getErrorCode() == HttpStatus.CONTENT_TOO_LARGE.value()
                            ? new MaxUploadSizeExceededException(-1)
                            : new MultipartException("unreadable"));
        }
        if (e instanceof EOFException) {
            return new Refusal(
                    HttpStatus.BAD_REQUEST, "request-cut-off", "the connection ended before the request did");
        }
        if (e instanceof RequestRejectedException) {
            return new Refusal(
                    HttpStatus.BAD_REQUEST, "malformed-request", "the request's path, method or a header is malformed");
        }
        if (e instanceof ResponseStatusException chosen && chosen.getReason() != null) {
            var bare = Refusal.of(chosen.getStatusCode().value());
            return new Refusal(bare.status(), bare.code(), chosen.getReason(), List.of(), headers(chosen));
        }
        if (e instanceof ErrorResponse response) {
            return Refusal.of(response.getStatusCode().value()).with(headers(response));
        }
        return null;
    }

    private static @Nullable Refusal ofState(Throwable e) {
        if (e instanceof AuthenticationException) {
            return Refusal.of(HttpStatus.UNAUTHORIZED.value());
        }
        if (e instanceof AccessDeniedException) {
            return Refusal.of(HttpStatus.FORBIDDEN.value());
        }
        if (e instanceof OptimisticLockingFailureException) {
            return new Refusal(
                    HttpStatus.CONFLICT,
                    "changed-meanwhile",
                    "it was changed by another request; look again and retry");
        }
        if (e instanceof DataAccessResourceFailureException
                || e instanceof TransientDataAccessException
                || e instanceof CannotCreateTransactionException) {
            return new Refusal(HttpStatus.SERVICE_UNAVAILABLE, "database-unavailable", "the database does not answer")
                    .with(Map.of(HttpHeaders.RETRY_AFTER, "5"));
        }
        return null;
    }

    private static Refusal error(ErrorResponse response, String detail) {
        var bare = Refusal.of(response.getStatusCode().value());
        return new Refusal(bare.status(), bare.code(), detail, List.of(), headers(response));
    }

    private static Map<String, String> headers(ErrorResponse response) {
        var headers = new LinkedHashMap<String, String>();
        response.getHeaders().forEach((name, values) -> headers.put(name, String.join(", ", values)));
        return Map.copyOf(headers);
    }

    private static Refusal invalid(List<Violation> violations) {
        return violations.isEmpty() ? Refusal.of(HttpStatus.BAD_REQUEST.value()) : Refusal.invalid(violations);
    }

    private static List<Violation> fieldViolations(String parent, List<? extends ObjectError> errors) {
        return errors.stream()
                .map(error -> new Violation(
                        error instanceof FieldError field ? parent + "/" + pointer(field.getField()) : parent,
                        error instanceof FieldError field && field.isBindingFailure()
                                ? "can't be read, was " + shown(field.getRejectedValue())
                                : message(error.getDefaultMessage())))
                .toList();
    }

    private static List<Violation> parameterViolations(MethodValidationResult validation) {
        var violations = new ArrayList<Violation>();
        for (ParameterValidationResult result : validation.getParameterValidationResults()) {
            if (result instanceof ParameterErrors body) {
                violations.addAll(fieldViolations("", body.getAllErrors()));
                continue;
            }
            var name = Objects.requireNonNullElse(result.getMethodParameter().getParameterName(), "");
            result.getResolvableErrors()
                    .forEach(error -> violations.add(new Violation(
                            "/" + name, message(error.getDefaultMessage()) + ", was " + shown(result.getArgument()))));
        }
        return violations;
    }

    private static Violation violation(ConstraintViolation<?> violation) {
        return new Violation("/" + pointer(violation.getPropertyPath().toString()), message(violation.getMessage()));
    }

    /** {@code instances[0].name} is {@code instances/0/name}. */
    private static String pointer(String path) {
        return path.replace("[", "/").replace("]", "").replace('.', '/');
    }

    private static String message(@Nullable String message) {
        return message == null ? "is wrong" : message;
    }

    private static String listed(List<MediaType> types) {
        return types.stream().map(MediaType::toString).distinct().sorted().collect(Collectors.joining(", "));
    }

    /** A value of the request, short enough for a sentence. */
    static String shown(@Nullable Object value) {
        return value == null ? "nothing" : "\"" + shortened(value.toString()) + "\"";
    }

    private static String shortened(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }

    /** The innermost cause's message, for the log. */
    static String reason(Throwable thrown) {
        return String.valueOf(NestedExceptionUtils.getMostSpecificCause(thrown).getMessage());
    }
}
