// SPDX-License-Identifier: Apache-2.0
package io.memlock;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may import whom. */
class ArchitectureTest {

    private static final String OURS = "io.memlock.";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.memlock");

    /** Of the JDK, java.lang, java.io and java.util are everybody's; the rows name what else, and what of ours. */
    @ParameterizedTest(name = "{0} imports of the JDK also {1}, and of ours {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "api       | java.nio |",
                "attach    | java.nio.charset |",
                "bootstrap | java.net.. java.security.. java.nio.charset.. |",
                "memory    |  |",
                "log       |  | bootstrap",
                "jna       |  |",
                "manners   | java.security | bootstrap",
                "jvmstat   | java.nio java.nio.charset | manners",
                "os        | java.net.. java.nio.. com.sun.jna.. | jna",
                "options   | java.nio.charset | log memory",
                "files     | java.net java.nio.. |",
                "proc      | java.nio.. | files memory",
                "cgroup    |  | files memory proc",
                "vmstructs | java.nio.. | files",
                "hotspot   | java.nio.. | files manners memory proc vmstructs",
                "advice    | java.nio.charset.. | files log memory proc",
                "calls     |  | log memory os proc",
                "zgc       |  | calls memory os",
                "residency |  | calls cgroup log memory os proc state",
                "state     |  | advice calls memory",
                "reconcile |  | calls cgroup memory os",
                "lock      |  | advice calls cgroup hotspot memory options os reconcile residency state zgc",
                "ranges    |  | advice calls lock memory os proc reconcile state",
                "tracking  | java.lang.. java.nio.charset java.security net.bytebuddy.jar.asm | log manners memory os",
                "report    |  | calls hotspot manners memory proc state",
                "keeper    |  | bootstrap calls hotspot lock log manners memory options os report state zgc",
                "process   | java.nio.charset | advice calls cgroup files hotspot jvmstat keeper lock log manners memory options"
                        + " os proc ranges reconcile report residency state zgc",
                "jmx       | javax.management.. | calls keeper manners memory options report state tracking",
                "jfr       | jdk.jfr | calls keeper manners memory os proc reconcile report state",
                "output    | java.nio.. java.security | log",
                "jvms      | java.. | files hotspot jvmstat log memory os proc state",
                "check     |  | jvms log options state",
                "doctor    | java.. | advice calls cgroup files hotspot jvms lock log memory options os proc process"
                        + " reconcile report residency state",
                "picture   | java.time.. | check doctor hotspot jvms log memory options output proc report"
            })
    void eachPackageImportsWhatIsBelowIt(String name, String jdk, String ours) {
        List<String> allowed = new ArrayList<>(List.of("java.lang..", "java.io..", "java.util..", OURS + name));
        words(jdk).forEach(allowed::add);
        words(ours).map(OURS::concat).forEach(allowed::add);
        classes()
                .that()
                .resideInAPackage(OURS + name)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(allowed.toArray(String[]::new)))
                .check(CLASSES);
    }

    /** The packages agent and cli put everything together, and may import all. */
    @Test
    void everyPackageHasItsRow() throws NoSuchMethodException {
        Set<String> known = new TreeSet<>(Set.of("agent", "cli"));
        CsvSource rows = getClass()
                .getDeclaredMethod("eachPackageImportsWhatIsBelowIt", String.class, String.class, String.class)
                .getAnnotation(CsvSource.class);
        for (String row : rows.value()) {
            known.add(row.substring(0, row.indexOf(' ')));
        }
        Set<String> found = new TreeSet<>();
        CLASSES.forEach(each -> found.add(each.getPackageName().substring(OURS.length())));
        assertThat(found).isEqualTo(known);
    }

    private static Stream<String> words(String text) {
        return text == null ? Stream.empty() : Stream.of(text.split(" "));
    }

    /** It is a jar of its own as well, and what the application sees; the agent it finds by name. */
    @Test
    void nobodyOfOursImportsTheApi() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.memlock.api")
                .should()
                .dependOnClassesThat(resideInAPackage("io.memlock.api"))
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
                .resideOutsideOfPackages("io.memlock.cli..", "io.memlock.jvms..", "io.memlock.output..")
                .and()
                .doNotHaveSimpleName("ForeignFiles") // of the command line alone
                .and()
                .doNotHaveSimpleName("OwnersFile") // where the application has chosen none
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.util.logging..", "java.nio.file.."))
                .check(CLASSES);
    }

    @Test
    void nothingGoesRoundInCircles() {
        slices().matching("io.memlock.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
