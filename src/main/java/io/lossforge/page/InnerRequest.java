package io.lossforge.page;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/** Asks for JSON, whatever the browser asked for, and for all of it: what the browser knows already is the page, not this. */
final class InnerRequest extends HttpServletRequestWrapper {

    InnerRequest(HttpServletRequest outer) {
        super(outer);
    }

    @Override
    public String getMethod() {
        return "GET";
    }

    @Override
    public @Nullable String getHeader(String name) {
        return HttpHeaders.ACCEPT.equalsIgnoreCase(name)
                ? MediaType.APPLICATION_JSON_VALUE
                : isCondition(name) ? null : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        if (HttpHeaders.ACCEPT.equalsIgnoreCase(name)) {
            return Collections.enumeration(Collections.singleton(MediaType.APPLICATION_JSON_VALUE));
        }
        return isCondition(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
    }

    @Override
    public long getDateHeader(String name) {
        return isCondition(name) ? -1 : super.getDateHeader(name);
    }

    private static boolean isCondition(String name) {
        return name.regionMatches(true, 0, "If-", 0, 3) || HttpHeaders.RANGE.equalsIgnoreCase(name);
    }
}
