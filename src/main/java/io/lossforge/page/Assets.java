package io.lossforge.page;

import io.lossforge.role.ConditionalOnRole;
import io.lossforge.role.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Objects;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.webjars.WebJarVersionLocator;

/**
 * Scripts, styles and pictures of the page. Their addresses change with what is in them, so that a browser keeps each for good and never shows
 * an old one; modules that import each other by relative addresses stay together.
 */
@Component
@ConditionalOnRole(Role.SERVER)
class Assets implements WebMvcConfigurer {

    private static final CacheControl FOR_GOOD =
            CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();

    private final WebJarVersionLocator libraries = new WebJarVersionLocator();
    private final String root;

    Assets() {
        this.root = "/assets/" + hash();
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler(root + "/**")
                .addResourceLocations("classpath:/assets/")
                .setCacheControl(FOR_GOOD);
        registry.addResourceHandler("/webjars/**")
                .addResourceLocations("classpath:/META-INF/resources/webjars/")
                .setCacheControl(FOR_GOOD);
    }

    /** Where a file of ours is, such as {@code js/page.js}. */
    public String own(String file) {
        return root + "/" + file;
    }

    /** Where a file of a library is, such as {@code dist/htmx.min.js} of {@code htmx.org}. */
    public String library(String name, String file) {
        return "/webjars/" + Objects.requireNonNull(libraries.path(name, file), () -> name + " has no " + file);
    }

    private static String hash() {
        try {
            var files = new PathMatchingResourcePatternResolver().getResources("classpath:/assets/**/*.*");
            Arrays.sort(files, Comparator.comparing(Assets::address));
            var hash = MessageDigest.getInstance("SHA-256");
            for (var file : files) {
                hash.update(file.getContentAsByteArray());
            }
            return HexFormat.of().formatHex(hash.digest(), 0, 6);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String address(Resource file) {
        try {
            return file.getURL().toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
