// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.HeapApp;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** What a live JVM loads for the agent it also compiles, beside its application. */
class LeanAttachIT {

    /** Puts the compiler's {@code equals} of a record together, from 75 classes. */
    private static final String RECORD_METHODS = "java.lang.runtime.ObjectMethods";

    /** Looks at each argument of a call for what we never hand over. */
    private static final String JNA_FUNCTION = "com.sun.jna.Function";

    @TempDir
    Path directory;

    @EachJdk
    void leavesOutWhatIsDear(Jdk jdk) throws IOException {
        Machine.requireUnlimitedLocking();
        Path log = directory.resolve("classes");
        try (ForkedJvm jvm = ForkedJvm.on(jdk)
                .flags("-Xlog:class+load:file=" + log + "::filecount=0")
                .main(HeapApp.class)
                .start()) {
            jvm.awaitLine("ready");
            for (String command : List.of("attach", "unlock")) {
                Commands.run(Memlock.command(jdk, command, jvm.pid())).succeeded();
            }
            assertThat(Files.readAllLines(log))
                    .as("classes loaded")
                    .anyMatch(line -> line.contains(" com.sun.jna.ProcessFunction "))
                    .noneMatch(line -> line.contains(" " + RECORD_METHODS + " "))
                    .noneMatch(line -> line.contains(" " + JNA_FUNCTION + " "));
        }
    }
}
