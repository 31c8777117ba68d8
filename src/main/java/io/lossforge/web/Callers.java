package io.lossforge.web;

import jakarta.servlet.http.HttpServletRequest;

/** Tells, ahead of sign-in and at little cost, whose requests will be let in: for who answers before that. Safe for many threads. */
@FunctionalInterface
public interface Callers {

    /** Whether the request will pass sign-in. */
    boolean letsIn(HttpServletRequest request);
}
