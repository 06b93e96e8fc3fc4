// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line prints fits into 80 columns. */
class NarrowTerminalIT {

    private static final int WIDTH = 80;

    @Test
    void nothingWrapsAndAllColumnsAreThere() {
        try (ForkedJvm jvm = ForkedJvm.on(Jdk.current())
                .agent("mode=heap+code+metaspace+stacks+gc+cds+native+libs")
                .flags("-Xms32m", "-Xmx256m")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            String pid = Long.toString(jvm.pid());

            assertThat(narrow("status").stdout()).contains("MAJFLT/S", "SWAPPED", "VERDICT");
            eventually(() -> assertThat(narrow("status", pid).stdout()).contains("selected", "major faults"));
            assertThat(narrow("regions", pid).stdout()).contains("RESERVED", "COVERAGE");
            assertThat(narrow("regions", pid, "--maps").stdout()).contains("START", "KNOWN FROM", "PATH");
            assertThat(narrow("watch", pid, "--count=1").stdout()).contains("COVERAGE", "CHARGED");
            assertThat(narrow("doctor", pid, "--verbose").stdout()).contains("locking works");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "check", "regions", "report", "watch", "attach", "unlock", "doctor"})
    void helpPagesFitAndWarnOfNothing(String command) {
        Outcome help = narrow(command, "--help");

        assertThat(help.exitStatus()).isZero();
        assertThat(help.stderr()).as("warnings of the parser").isEmpty();
        assertThat(help.stdout()).contains("Usage: memlock " + command).doesNotContain("%%");
    }

    private static Outcome narrow(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of("env", "COLUMNS=" + WIDTH, Jdk.current().java().toString(), "-jar"));
        command.add(AgentJar.path().toString());
        command.addAll(List.of(arguments));
        Outcome outcome = Commands.run(command);
        assertThat(outcome.stdout().lines().filter(line -> line.length() > WIDTH))
                .isEmpty();
        return outcome;
    }
}
