// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.attach.AttachReply;
import io.memlock.hotspot.JvmFlags;
import io.memlock.jvms.JavaCommand;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.ProcDirectory;
import io.memlock.memory.Selection;
import io.memlock.output.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplyPrinterTest {

    private static final String UNLOCKED = "UNLOCKED: nothing is selected; charged ";

    @TempDir
    private Path root;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void anUnlockSaysWhatTheKernelStillCharges() throws Exception {
        assertThat(unlock(UNLOCKED + "0 B", 32_768))
                .contains(UNLOCKED + "0 B", "The kernel charges 32.0 MiB to JVM 42 (app.jar) (VmLck)");
        assertThat(unlock(UNLOCKED + "0 B", 0)).containsExactly(UNLOCKED + "0 B");
        assertThat(unlock(UNLOCKED + "32.0 MiB (by the application)", 32_768)).hasSize(1);
    }

    private List<String> unlock(String answer, long chargedKilobytes) throws Exception {
        out.reset();
        Path process = Files.createDirectories(root.resolve("42"));
        Files.writeString(process.resolve("status"), "Name:\tjava\nVmLck:\t" + chargedKilobytes + " kB\n");
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        ProcDirectory proc = new ProcDirectory(root);
        Jvm jvm = new Jvm(42, 0, new JavaCommand("app.jar", new JvmFlags(List.of())), true, 1);
        int exitStatus = new ReplyPrinter(
                        Console.of(stream, stream, "pipe:[1]", Map.of()), proc, new Jvms(proc, 1), jvm, "")
                .print(new AttachReply(AttachReply.State.DONE, answer), Selection.NOTHING);
        assertThat(exitStatus).isZero();
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
