// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.SmallRuntime;
import io.memlock.it.harness.Smaps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.io.TempDir;

/** The command line on a Java runtime as jlink makes it, without the modules of a JDK. */
class SmallRuntimeCommandIT {

    private static final long LIVE_BYTES = 60L << 20;

    @TempDir
    private static Path directory;

    @EachJdk
    void attachesToEveryJdk(Jdk runner) {
        Machine.requireUnlimitedLocking();
        Jdk runtime = runtime(runner);
        for (Jdk target : Jdk.all()) {
            try (ForkedJvm jvm =
                    ForkedJvm.on(target).flags("-Xmx256m").main(HeapApp.class).start()) {
                jvm.awaitLine("ready");
                jvm.ask("grow 60");

                succeeds(runtime, "attach", jvm.pid(), "mode=heap");
                assertThat(Smaps.of(jvm.pid()).lockedBytes()).isGreaterThan(LIVE_BYTES);
                assertThat(succeeds(runtime, "status", jvm.pid())).contains("locked");
                succeeds(runtime, "unlock", jvm.pid());
                assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero();
            }
        }
    }

    @EachJdk
    void readingCommandsNeedNoOtherModule(Jdk jdk) {
        Machine.requireUnlimitedLocking();
        Jdk runtime = runtime(jdk);
        String page = directory.resolve(jdk.version() + ".html").toString();
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .agent("mode=heap")
                .flags("-Xmx128m")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitErrorLine("[memlock] locked");
            String pid = Long.toString(jvm.pid());
            for (List<String> command : List.of(
                    List.of("doctor"),
                    List.of("doctor", "--json"),
                    List.of("doctor", pid),
                    List.of("regions", pid, "--maps"),
                    List.of("status", pid, "--json"),
                    List.of("check", pid),
                    List.of("report", pid, "-o", page))) {
                Outcome outcome = Commands.run(Memlock.command(runtime, command.toArray(String[]::new)))
                        .succeeded();
                assertNoTrace(outcome);
            }
        }
    }

    /** A JVM that cannot load any agent. */
    @EachJdk
    void saysWhichModuleTheTargetLacks(Jdk jdk) {
        Jdk runtime = runtime(jdk);
        try (ForkedJvm jvm =
                ForkedJvm.on(runtime).flags("-Xmx128m").main(HeapApp.class).start()) {
            jvm.awaitLine("ready");

            Outcome attach = Memlock.run("attach", jvm.pid());

            assertThat(attach.exitStatus()).as(attach::toString).isEqualTo(1);
            assertThat(Memlock.run("doctor", jvm.pid(), "--json").stdout())
                    .contains("without the module java.instrument");
            assertThat(attach.stderr())
                    .contains("without the module java.instrument", "jlink --add-modules java.instrument");
            assertNoTrace(attach);
            assertThat(jvm.ask("grow 1")).isNotNull();
        }
    }

    private static Jdk runtime(Jdk jdk) {
        return SmallRuntime.of(jdk, "java.base", directory);
    }

    private static String succeeds(Jdk runtime, String command, long pid, String... options) {
        List<String> words = new ArrayList<>(Memlock.command(runtime, command, pid));
        words.addAll(List.of(options));
        Outcome outcome = Commands.run(words).succeeded();
        assertNoTrace(outcome);
        return outcome.stdout();
    }

    private static void assertNoTrace(Outcome outcome) {
        assertThat(outcome.stderr().toLowerCase(Locale.ROOT))
                .as(outcome::toString)
                .doesNotContain("\tat ", "bug");
    }
}
