package io.lossforge.admission;

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

/** Refuses files that are too large before the container stores their bytes, which it does at the first look at a parameter. */
@Component
@ConditionalOnRole(Role.SERVER)
class AdmissionLimit implements HandlerInterceptor, WebMvcConfigurer {

    /** For the other fields of the form. */
    private static final long FORM_BYTES = 4L << 20;

    private final long most;

    AdmissionLimit(AdmissionSettings settings) {
        this.most = settings.maxFile().toBytes();
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/api/v1/models");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (StringUtils.startsWithIgnoreCase(request.getContentType(), "multipart/")) {
            long bytes = request.getContentLengthLong();
            if (bytes < 0) {
                throw ApiException.badRequest("/Content-Length", "is required with multipart/form-data");
            }
            if (bytes > most + FORM_BYTES) {
                throw tooLarge(bytes);
            }
        }
        return true;
    }

    /** @throws ApiException 413 if the file itself is too large */
    void check(long fileBytes) {
        if (fileBytes > most) {
            throw tooLarge(fileBytes);
        }
    }

    private ApiException tooLarge(long bytes) {
        return ApiException.tooLarge(
                "the file has %d bytes, at most %d are taken (lossforge.admission.max-file)".formatted(bytes, most));
    }
}
