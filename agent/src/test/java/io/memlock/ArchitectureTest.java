// SPDX-License-Identifier: Apache-2.0
package io.memlock;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may import whom. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.memlock");

    @ParameterizedTest(name = "{0} imports only {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "attach    | java.lang.. java.util..",
                "bootstrap | java.lang.. java.io.. java.util.. java.net.. java.security.. java.nio.charset..",
                "memory    | java.lang.. java.util..",
                "options   | java.lang.. java.util.. io.memlock.memory io.memlock.log",
                "log       | java.lang.. java.io.. java.util..",
                "proc      | java.lang.. java.io.. java.util.. java.nio.. io.memlock.memory",
                "hotspot   | java.lang.. java.io.. java.util.. java.nio.. io.memlock.memory io.memlock.proc",
                "jna       | java.lang..",
                "jvmstat   | java.lang.. java.util.. java.nio java.nio.charset",
                "os        | java.lang.. java.io.. java.util.. java.net.. java.nio.charset.. com.sun.jna.. io.memlock.jna",
                "doctor    | java.. io.memlock.advice io.memlock.lock io.memlock.hotspot io.memlock.memory io.memlock.log io.memlock.options"
                        + " io.memlock.os io.memlock.proc",
                "advice    | java.lang.. java.io.. java.util.. java.nio.charset.. io.memlock.log io.memlock.memory io.memlock.proc",
                "lock      | java.lang.. java.io.. java.util.. java.nio.charset java.security io.memlock.advice io.memlock.proc io.memlock.hotspot io.memlock.memory io.memlock.os"
                        + " io.memlock.log io.memlock.options io.memlock.bootstrap",
                "jmx       | java.lang.. java.io.. java.util.. javax.management.. io.memlock.lock io.memlock.memory"
                        + " io.memlock.options"
            })
    void eachPackageImportsWhatIsBelowIt(String name, String allowed) {
        String own = "io.memlock." + name.trim();
        String[] packages = (allowed.trim() + " " + own).split(" ");
        classes()
                .that()
                .resideInAPackage(own)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(packages))
                .check(CLASSES);
    }

    @Test
    void onlyOneClassKnowsJna() {
        noClasses()
                .that(not(com.tngtech.archunit.core.domain.JavaClass.Predicates.belongTo(
                        com.tngtech.archunit.core.domain.properties.HasName.Predicates.name("io.memlock.os.JnaLibC"))))
                .should()
                .dependOnClassesThat(resideInAPackage("com.sun.jna.."))
                .check(CLASSES);
    }

    @Test
    void nothingChoosesTheApplicationsLogManagerOrFileSystem() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.memlock.cli..")
                .and()
                .doNotHaveSimpleName("ForeignFiles") // of the command line alone
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.util.logging..", "java.nio.file.."))
                .check(CLASSES);
    }

    @Test
    void nothingGoesRoundInCircles() {
        slices().matching("io.memlock.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
