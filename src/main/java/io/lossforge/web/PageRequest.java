package io.lossforge.web;

import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * Which page of a list is asked for. Lists are paged by key: a token says where the page before ended, so that rows that come and go
 * shift nothing.
 *
 * @param size rows at most, {@code 1..500}
 * @param token the {@code nextPageToken} of the page before; null for the first
 */
public record PageRequest(int size, @Nullable String token) {

    /** Rows when the caller does not say. */
    public static final int DEFAULT_SIZE = 50;

    /** Rows at most. */
    public static final int LARGEST_SIZE = 500;

    /**
     * From the query parameters {@code pageSize} and {@code pageToken}.
     *
     * @throws ApiException 400 if the size is not {@code 1..500}
     */
    public static PageRequest of(@Nullable Integer pageSize, @Nullable String pageToken) {
        int size = pageSize == null ? DEFAULT_SIZE : pageSize;
        if (size < 1 || size > LARGEST_SIZE) {
            throw ApiException.badRequest("/pageSize", "must be 1 to %d, was %d".formatted(LARGEST_SIZE, size));
        }
        return new PageRequest(size, pageToken == null || pageToken.isEmpty() ? null : pageToken);
    }

    /**
     * The sort key after which the page starts.
     *
     * @param parts how many parts the sort key has
     * @return empty for the first page
     * @throws ApiException 400 if the token is malformed
     */
    public List<String> after(int parts) {
        return token == null ? List.of() : PageToken.decode(token, parts);
    }

    /**
     * The id after which the page starts, of a list in the order of its ids.
     *
     * @return null for the first page
     * @throws ApiException 400 if the token is malformed
     */
    public @Nullable UUID afterId() {
        var key = after(1);
        try {
            return key.isEmpty() ? null : UUID.fromString(key.get(0));
        } catch (IllegalArgumentException e) {
            throw PageToken.malformed();
        }
    }

    /** Rows to look for: one more than the page has says that another page follows. */
    public int limit() {
        return size + 1;
    }

    /**
     * The page.
     *
     * @param found up to {@link #limit} rows
     * @param key the sort key of a row
     */
    public <T> PageOf<T> cut(List<T> found, Function<T, Object> key) {
        if (found.size() <= size) {
            return new PageOf<>(found, "");
        }
        var rows = found.subList(0, size);
        return new PageOf<>(rows, PageToken.encode(key.apply(rows.get(size - 1)).toString()));
    }

    /**
     * The answer with the page, and the {@code Link} to the next where there is one.
     *
     * @param nextPageToken as in the body; empty at the end
     */
    public <T> ResponseEntity<T> answer(T body, String nextPageToken) {
        var answer = ResponseEntity.ok();
        if (!nextPageToken.isEmpty()) {
            var uri = ServletUriComponentsBuilder.fromCurrentRequest()
                    .replaceQueryParam("pageToken", nextPageToken)
                    .build()
                    .encode();
            var next = uri.getPath() + "?" + uri.getQuery();
            answer.header(HttpHeaders.LINK, "<%s>; rel=\"next\"".formatted(next));
        }
        return answer.body(body);
    }
}
