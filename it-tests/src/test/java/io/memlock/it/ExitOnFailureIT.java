// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HelloApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.AgentLine;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.PackedClasses;
import io.memlock.it.harness.Wrappers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code on-failure=exit} ends the JVM before {@code main}, whatever the reason, and says so. */
class ExitOnFailureIT {

    private static final String EXITS = "on-failure=exit: this JVM ends now, before main, with exit status 77";

    @TempDir
    private Path directory;

    @EachJdk
    void whereLockingIsForbidden(Jdk jdk) {
        Machine.requireDroppableIpcLock();

        Outcome outcome = ForkedJvm.on(jdk)
                .wrapper(Wrappers.withoutIpcLock())
                .wrapper(Wrappers.memlockLimit(0))
                .agent("on-failure=exit")
                .main(HelloApp.class)
                .run();

        assertExits(outcome);
        assertThat(outcome.stderr())
                .as("nothing of how it goes on, or to do to a process that is gone")
                .doesNotContain("runs unlocked", "prlimit --pid", "tried again");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "inst/start.classes",
                "io/memlock/agent/Memlock",
                "io/memlock/options/OptionParser",
                "io/memlock/lock/MemoryLock",
                "com/sun/jna/Native",
                "inst/com/sun/jna/linux-x86-64/libjnidispatch.so",
                "inst/region.classes",
                "inst/agent.classes"
            })
    void whereAPartOfTheJarIsMissing(String part) throws IOException {
        Path jar = without(part);
        for (String options : new String[] {"mode=heap,on-failure=exit", "mode=heap"}) {
            Outcome outcome = ForkedJvm.on(Jdk.current())
                    .flags("-javaagent:" + jar + "=" + options)
                    .main(HelloApp.class, "3")
                    .run();

            if (options.endsWith("exit")) {
                assertExits(outcome);
            } else {
                assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(3);
                assertThat(outcome.agentMessages()).isNotEmpty();
            }
        }
    }

    @Test
    void whereNoPlaceCanHoldTheNativeLibrary() {
        Machine.requireMounts();

        assertExits(Wrappers.withoutPlaceForLibrary(ForkedJvm.on(Jdk.current()), directory)
                .agent("on-failure=exit")
                .main(HelloApp.class)
                .run());
    }

    /** Where packaging and containers give the options. */
    @Test
    void whereTheEnvironmentAsksForItAndTheAgentCannotStart() throws IOException {
        Path jar = without("inst/start.classes");
        for (String options : new String[] {"", "=mode=heap", "=on-failure=warn"}) {
            Outcome outcome = ForkedJvm.on(Jdk.current())
                    .environment("MEMLOCK_OPTIONS", "mode=heap,on-failure=exit\n")
                    .flags("-javaagent:" + jar + options)
                    .main(HelloApp.class, "3")
                    .run();

            if (options.endsWith("warn")) {
                assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(3);
            } else {
                assertExits(outcome);
            }
        }
    }

    private static void assertExits(Outcome outcome) {
        assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(77);
        assertThat(outcome.stdout()).isEmpty();
        assertThat(outcome.agentMessages()).singleElement().asString().contains("NOT LOCKED", EXITS);
        assertThat(outcome.stderr().lines().map(AgentLine::of).filter(Objects::nonNull))
                .extracting(AgentLine::level)
                .containsExactly("ERROR");
    }

    private Path without(String missing) throws IOException {
        Path copy = directory.resolve("incomplete.jar");
        try (JarFile jar = new JarFile(AgentJar.path().toFile());
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(copy))) {
            Map<String, byte[]> startClasses = PackedClasses.in(jar, PackedClasses.START);
            boolean found = startClasses.remove(missing) != null;
            for (JarEntry entry : Collections.list(jar.entries())) {
                if (entry.getName().equals(missing)) {
                    found = true;
                    continue;
                }
                out.putNextEntry(new JarEntry(entry.getName()));
                if (entry.getName().equals(PackedClasses.START)) {
                    out.write(PackedClasses.write(startClasses));
                } else {
                    try (InputStream in = jar.getInputStream(entry)) {
                        in.transferTo(out);
                    }
                }
            }
            assertThat(found).as(missing).isTrue();
        }
        return copy;
    }
}
