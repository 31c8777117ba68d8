package io.lossforge;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AliasFor;

/**
 * The service on a random port of loopback with a real PostgreSQL. Plays the role {@code server} unless told otherwise, so that no
 * worker takes jobs away from a test of the queue. Tests with the same properties share one context: keep the variants few.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Import(PostgresForTests.class)
public @interface ServiceTest {

    /** More properties, such as {@code lossforge.roles=all}. */
    @AliasFor(annotation = SpringBootTest.class, attribute = "properties")
    String[] value() default {"lossforge.roles=server", "lossforge.data-directory=target/test-data/server"};
}
