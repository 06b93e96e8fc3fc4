// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HelloApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.StartClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code agent/src/build/start-classes.txt} names what runs before {@code main}, all of it and little else. */
class StartClassesIT {

    private static final Pattern HIDDEN_CLASS =
            Pattern.compile(".* ((?:io\\.memlock\\.(?!bootstrap\\.|it\\.)|com\\.sun\\.jna\\.)\\S+) source: .*");

    /** So many have to agree. */
    private static final int STARTS = 3;

    /** What the keeper's thread loads may come before main or after it. */
    private static final int BY_THE_KEEPER = 5;

    /** What other kernels, JDKs and hosts than these need, for one class in fifteen. */
    private static final int ELSEWHERE = 10;

    @TempDir
    private Path directory;

    @Test
    void areThoseThatAreLoadedBeforeMain() throws IOException {
        Set<String> packed = new TreeSet<>();
        try (JarFile jar = new JarFile(AgentJar.path().toFile())) {
            StartClasses.in(jar).keySet().forEach(name -> packed.add(name.replace('/', '.')));
        }
        Set<String> missing = new TreeSet<>();
        Set<String> unused = new TreeSet<>(packed);
        for (Jdk jdk : Jdk.all()) {
            Set<String> loaded = loadedBeforeMain(jdk, "");
            for (int again = 1;
                    again < STARTS;
                    again++) { // what other threads load comes before main now and then only
                loaded.retainAll(loadedBeforeMain(jdk, ""));
            }
            assertThat(loaded).as("classes before main on %s", jdk).hasSizeGreaterThan(100);
            missing.addAll(loaded);
            unused.removeAll(loaded);
        }
        missing.removeAll(packed);

        assertThat(missing)
                .as("classes that run before main: add them to start-classes.txt")
                .hasSizeLessThanOrEqualTo(BY_THE_KEEPER);
        assertThat(unused)
                .as("classes that do not run before main: take them out of start-classes.txt")
                .hasSizeLessThanOrEqualTo(ELSEWHERE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mode=heap+code", "mode=all,strategy=rescan,prefault=heap"})
    void areNoLambdas(String options) throws IOException {
        for (Jdk jdk : Jdk.all()) {
            assertThat(loadedBeforeMain(jdk, options))
                    .as("a lambda before main costs up to 10 ms: an anonymous class does not, on %s", jdk)
                    .noneMatch(name -> name.contains("$$Lambda"));
        }
    }

    private Set<String> loadedBeforeMain(Jdk jdk, String options) throws IOException {
        Path log = directory.resolve("classes");
        ForkedJvm.on(jdk)
                .agent(options)
                .flags("-Xlog:class+load:file=" + log + "::filecount=0")
                .main(HelloApp.class)
                .run();
        Set<String> classes = new TreeSet<>();
        for (String line : Files.readAllLines(log)) {
            if (line.contains(" " + HelloApp.class.getName() + " ")) {
                return classes;
            }
            Matcher hidden = HIDDEN_CLASS.matcher(line);
            if (hidden.matches()) {
                classes.add(hidden.group(1));
            }
        }
        throw new AssertionError("the application was not loaded");
    }
}
