package io.lossforge.prediction;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import io.lossforge.web.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Refuses uploads of pictures that are too large before the container puts their parts into files, which it does at the first look at a
 * parameter.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class UploadLimit implements HandlerInterceptor, WebMvcConfigurer {

    private final long most;

    UploadLimit(PredictionSettings settings) {
        this.most = settings.maxUpload().toBytes();
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/api/v1/models/*/predict");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (StringUtils.startsWithIgnoreCase(request.getContentType(), "multipart/")) {
            long bytes = request.getContentLengthLong();
            if (bytes < 0) {
                throw ApiException.badRequest("/Content-Length", "is required with multipart/form-data");
            }
            if (bytes > most) {
                throw ApiException.tooLarge("the upload has %d bytes, at most %d are taken".formatted(bytes, most));
            }
        }
        return true;
    }
}
