// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HelloApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.PackedClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
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

    /** A line of the JVM's log: the thread, and the class. */
    private static final Pattern LOADED = Pattern.compile("\\[(\\d+)\\s*] (\\S+) source: .*");

    private static final Pattern HIDDEN_CLASS =
            Pattern.compile("io\\.memlock\\.(?!bootstrap\\.|it\\.).+|com\\.sun\\.jna\\..+");

    /** What the main thread loads in each of so many starts: in one of them, another thread may have been first. */
    private static final int STARTS = 3;

    /** What other kernels, JDKs and hosts than these need, for one class in fifteen. */
    private static final int ELSEWHERE = 10;

    @TempDir
    private Path directory;

    @Test
    void areThoseThatAreLoadedBeforeMain() throws IOException {
        Set<String> packed = new TreeSet<>();
        try (JarFile jar = new JarFile(AgentJar.path().toFile())) {
            PackedClasses.in(jar, PackedClasses.START).keySet().forEach(name -> packed.add(name.replace('/', '.')));
        }
        Set<String> missing = new TreeSet<>();
        Set<String> unused = new TreeSet<>(packed);
        for (Jdk jdk : Jdk.all()) {
            for (int start = 0; start < STARTS; start++) {
                BeforeMain loaded = loadedBeforeMain(jdk, "");
                assertThat(loaded.byTheMainThread())
                        .as("classes before main on %s", jdk)
                        .hasSizeGreaterThan(100);
                missing.addAll(loaded.byTheMainThread());
                unused.removeAll(loaded.byAnyThread());
            }
        }
        missing.removeAll(packed);

        assertThat(missing)
                .as("classes that run before main: add them to start-classes.txt")
                .isEmpty();
        assertThat(unused)
                .as("classes that do not run before main: take them out of start-classes.txt")
                .hasSizeLessThanOrEqualTo(ELSEWHERE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mode=heap+code", "mode=all,strategy=rescan,prefault=heap"})
    void areNoLambdas(String options) throws IOException {
        for (Jdk jdk : Jdk.all()) {
            assertThat(loadedBeforeMain(jdk, options).byTheMainThread())
                    .as("a lambda before main costs up to 10 ms: an anonymous class does not, on %s", jdk)
                    .noneMatch(name -> name.contains("$$Lambda"));
        }
    }

    private BeforeMain loadedBeforeMain(Jdk jdk, String options) throws IOException {
        Path log = directory.resolve("classes");
        ForkedJvm.on(jdk)
                .agent(options)
                .flags("-Xlog:class+load:file=" + log + ":tid:filecount=0")
                .main(HelloApp.class)
                .run();
        Map<String, Set<String>> classesOfThreads = new HashMap<>();
        for (String line : Files.readAllLines(log)) {
            Matcher loaded = LOADED.matcher(line);
            if (!loaded.matches()) {
                continue;
            }
            String thread = loaded.group(1);
            String name = loaded.group(2);
            if (name.equals(HelloApp.class.getName())) {
                Set<String> byAny = new TreeSet<>();
                classesOfThreads.values().forEach(byAny::addAll);
                return new BeforeMain(classesOfThreads.getOrDefault(thread, Set.of()), byAny);
            }
            if (HIDDEN_CLASS.matcher(name).matches()) {
                classesOfThreads
                        .computeIfAbsent(thread, none -> new TreeSet<>())
                        .add(name);
            }
        }
        throw new AssertionError("the application was not loaded");
    }

    /** What the agent loaded before the application's class: by the thread that loads that, and by all. */
    private record BeforeMain(Set<String> byTheMainThread, Set<String> byAnyThread) {}
}
