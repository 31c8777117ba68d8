package io.lossforge.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/** Answers what controllers throw. */
@ControllerAdvice
class Problems {

    @ExceptionHandler
    void answer(Exception thrown, HttpServletRequest request, HttpServletResponse response) throws IOException {
        ProblemWriter.write(request, response, thrown);
    }

    /** The caller has gone: there is nobody to answer. */
    @ExceptionHandler
    void gone(AsyncRequestNotUsableException thrown) {}
}
