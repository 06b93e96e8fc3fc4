// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In time namespaces: {@code unshare --time --monotonic=-100 java}. */
class ProcessClockTest {

    private static final long PID = 10;

    @TempDir
    private Path root;

    @Test
    void oneNamespaceHasOneClock() throws IOException {
        assertThat(behindSeconds()).as("a kernel without namespaces").isZero();
        process("self", 1, 1, "monotonic     5     0");
        process("10", 1, 2, "monotonic    -7     0");
        assertThat(behindSeconds()).isZero();
    }

    @Test
    void eachNamespaceHasItsOffset() throws IOException {
        process("self", 1, 1, "monotonic          20  500000000\nboottime            3         0\n");
        process("10", 2, 2, "monotonic        -101  500000000\nboottime       100000         0\n");

        assertThat(behindSeconds()).isEqualTo(121);
    }

    @Test
    void anOffsetThatIsNotToldIsNotKnown() throws IOException {
        process("self", 1, 1, "monotonic 0 0");
        process("10", 2, 3, "monotonic 9 0");
        assertThat(now()).as("the offset is that of its children").isEqualTo(ProcessClock.UNKNOWN);

        process("10", 2, 2, "boottime 9 0");
        assertThat(now()).isEqualTo(ProcessClock.UNKNOWN);
        process("10", 2, 2, "monotonic x 0");
        assertThat(now()).isEqualTo(ProcessClock.UNKNOWN);
        Files.delete(root.resolve("10/timens_offsets"));
        assertThat(now()).isEqualTo(ProcessClock.UNKNOWN);
    }

    private long behindSeconds() {
        return Math.round((System.nanoTime() - now()) / (double) TimeUnit.SECONDS.toNanos(1));
    }

    private long now() {
        return ProcessClock.nanoTime(new ProcDirectory(root), PID);
    }

    private void process(String name, int namespace, int ofChildren, String offsets) throws IOException {
        Path directory = Files.createDirectories(root.resolve(name));
        Path namespaces = Files.createDirectories(directory.resolve("ns"));
        link(namespaces.resolve("time"), namespace);
        link(namespaces.resolve("time_for_children"), ofChildren);
        Files.writeString(directory.resolve("timens_offsets"), offsets);
    }

    private static void link(Path link, int namespace) throws IOException {
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of("time:[" + namespace + "]"));
    }
}
