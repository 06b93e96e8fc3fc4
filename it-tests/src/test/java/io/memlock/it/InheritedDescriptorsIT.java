// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.NativeChildrenApp;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;

/** A process the application starts gets nothing from the agent, at whatever moment of the agent's work it is started. */
class InheritedDescriptorsIT {

    private static final int CHILDREN = 300;

    /** What leads to a process: its memory, its mappings. A child's own directory is open while it is listed. */
    private static final Pattern OF_A_PROCESS = Pattern.compile("-> /proc/\\d+/(?!fd$).*");

    @TempDir
    private Path directory;

    @EachJdk
    void leadToNoMemoryOfTheJvm(Jdk jdk) throws IOException {
        Machine.requireUnlimitedLocking();
        Path children = directory.resolve("children");
        try (ForkedJvm jvm = start(jdk)) {
            jvm.awaitLine("ready");
            jvm.awaitErrorLine("[memlock] locked");

            jvm.ask("children " + CHILDREN + " " + children);
            assertThat(inherited(children)).isEmpty();

            // The same look finds what the application leaves open.
            jvm.ask("open /proc/self/maps");
            jvm.ask("children 1 " + children);
            assertThat(inherited(children)).contains("-> /proc/" + jvm.pid() + "/maps");
        }
    }

    private static ForkedJvm start(Jdk jdk) {
        return ForkedJvm.on(jdk)
                .agent("mode=heap+code+metaspace,strategy=rescan,interval=100ms")
                .withJna()
                .flags("-Xms32m", "-Xmx256m")
                .main(NativeChildrenApp.class)
                .start();
    }

    private static String inherited(Path children) throws IOException {
        StringBuilder found = new StringBuilder();
        for (String line : Files.readAllLines(children)) {
            var matcher = OF_A_PROCESS.matcher(line);
            if (matcher.find()) {
                found.append(matcher.group()).append('\n');
            }
        }
        return found.toString();
    }
}
