package io.lossforge.catalogue;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Help and bounds of one record component. Numbers in a list are each checked against the bounds. */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Parameter {

    /** One sentence of help, with the unit where there is one. */
    String value();

    /** Least value; of a duration in seconds. */
    double min() default Double.NEGATIVE_INFINITY;

    /** Greatest value; of a duration in seconds. */
    double max() default Double.POSITIVE_INFINITY;

    /** Whether {@link #min} itself is refused. */
    boolean exclusiveMin() default false;

    /** Whether {@link #max} itself is refused. */
    boolean exclusiveMax() default false;

    /** Least number of items of a list. */
    int minItems() default 0;

    /** Greatest number of items of a list. */
    int maxItems() default 1024;

    /** Greatest length of a text. */
    int maxLength() default 200;

    /** Regular expression that a text must match as a whole, empty for any. */
    String pattern() default "";

    /** Whether it must be given: it has no default. */
    boolean required() default false;
}
