package io.lossforge.catalogue;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What people read about one entry of a catalogue. Placed on the record that is the entry. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Described {

    /** The name it is asked for by, in kebab case, such as {@code lgl-inr}. */
    String name();

    /** One sentence: what it is and when to choose it. */
    String summary();

    /** The formula in plain text, empty where there is none. */
    String formula() default "";

    /** Where it comes from: paper, section, public code. */
    String reference() default "";
}
