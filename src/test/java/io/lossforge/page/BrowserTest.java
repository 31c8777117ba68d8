package io.lossforge.page;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test in a real Chromium. Its methods may ask for a {@link com.microsoft.playwright.Page} of their own, with nothing in it; a message of
 * the page's scripts that says error fails the test. Left out where no Chromium is installed.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Chromium.class)
@interface BrowserTest {}
