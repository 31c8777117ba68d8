package io.lossforge;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class PurityTests {

    private static final String[] CORE = {
        "io.lossforge.catalogue..",
        "io.lossforge.loss..",
        "io.lossforge.analysis..",
        "io.lossforge.decision..",
        "io.lossforge.architecture..",
        "io.lossforge.training..",
        "io.lossforge.inference.."
    };

    private final JavaClasses lossforge = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.lossforge");

    @Test
    void coreKnowsNoFrameworkDatabaseOrHttp() {
        noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .and()
                .doNotHaveSimpleName("package-info")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework..",
                        "jakarta..",
                        "org.hibernate..",
                        "java.sql..",
                        "javax.sql..",
                        "java.net.http..",
                        "com.sun.net.httpserver..")
                .check(lossforge);
    }

    @Test
    void lossesKnowOnlyArraysAndTheCatalogue() {
        classes()
                .that()
                .resideInAPackage("io.lossforge.loss..")
                .and()
                .doNotHaveSimpleName("package-info")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "ai.djl..",
                        "com.google.auto.service..",
                        "io.lossforge.loss..",
                        "io.lossforge.catalogue..",
                        "org.jspecify..")
                .check(lossforge);
    }

    /** The engine keeps a view of Java's memory for the gradient, and that memory may be gone by then: see GradientMemoryTests. */
    @Test
    void whatIsTrainedTakesNumbersAsArraysThatLast() {
        noClasses()
                .that()
                .resideInAnyPackage("io.lossforge.loss..", "io.lossforge.architecture..")
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "an array takes a Java number",
                        call -> call.getTargetOwner().isAssignableTo(NDArray.class)
                                && call.getTarget().getRawParameterTypes().stream()
                                        .anyMatch(type -> type.isEquivalentTo(Number.class))))
                .check(lossforge);
    }
}
