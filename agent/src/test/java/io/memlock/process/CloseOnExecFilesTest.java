// SPDX-License-Identifier: Apache-2.0
package io.memlock.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.memlock.files.OpenFile;
import io.memlock.os.LibC;
import io.memlock.os.RealLibC;
import io.memlock.proc.ProcFs;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CloseOnExecFilesTest {

    private static final LibC LIBC = RealLibC.get();
    private final CloseOnExecFiles files = new CloseOnExecFiles(LIBC);

    @TempDir
    private Path directory;

    @Test
    void givesNoChildAFile() throws Exception {
        Path file = Files.writeString(directory.resolve("secret"), "x");
        try (OpenFile open = files.open(file.toFile())) {
            assertThat(open.read()).isEqualTo('x');
            List<String> flags =
                    descriptorsOf(file).map(CloseOnExecFilesTest::flags).toList();
            assertThat(flags).hasSize(1).allMatch(it -> (Long.parseLong(it, 8) & 02000000) != 0, "O_CLOEXEC");
        }
        assertThat(descriptorsOf(file)).isEmpty();
    }

    @Test
    void readsOnAndAtAnyPlace() throws Exception {
        String text = "0123456789".repeat(3_000);
        Path file = Files.writeString(directory.resolve("file"), text);
        try (OpenFile open = files.open(file.toFile())) {
            byte[] four = new byte[4];
            assertThat(open.readAt(29_995, four, 4)).isEqualTo(4);
            assertThat(new String(four, UTF_8)).isEqualTo("5678");
            assertThat(open.readAt(29_998, four, 4)).isEqualTo(2);
            assertThat(open.readAt(30_000, four, 4)).isZero();
            assertThat(new String(open.readAllBytes(), UTF_8)).isEqualTo(text);
        }
    }

    /** The keeper reads dozens of files a second; ZGC commits memory for garbage. */
    @Test
    void makesLittleGarbageOfManyFiles() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "x");
        byte[] text = new byte[1];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        readAll(file, text, 10);
        long before = threads.getCurrentThreadAllocatedBytes();

        readAll(file, text, 100);

        assertThat((threads.getCurrentThreadAllocatedBytes() - before) / 100).isLessThan(4096);
    }

    private void readAll(Path file, byte[] text, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            try (OpenFile open = files.open(file.toFile())) {
                assertThat(open.read(text, 0, 1)).isEqualTo(1);
            }
        }
    }

    /** As when the mounts are looked up in the midst of the mappings. */
    @Test
    void readsTwoFilesAtATime() throws Exception {
        Path one = Files.writeString(directory.resolve("one"), "1".repeat(20_000));
        Path other = Files.writeString(directory.resolve("other"), "2".repeat(20_000));
        try (OpenFile first = files.open(one.toFile())) {
            assertThat(first.read()).isEqualTo('1');
            try (OpenFile second = files.open(other.toFile())) {
                assertThat(new String(second.readAllBytes(), UTF_8)).isEqualTo("2".repeat(20_000));
            }
            assertThat(new String(first.readAllBytes(), UTF_8)).isEqualTo("1".repeat(19_999));
        }
    }

    @Test
    void saysWhatTheKernelAnswered() {
        assertThatThrownBy(() -> new ProcFs().openedBy(files).status("999999999"))
                .isInstanceOf(IOException.class)
                .hasMessage("/proc/999999999/status: no such process");
        assertThatThrownBy(() -> files.open(new File(directory.toFile(), "none")))
                .hasMessage(directory + "/none (ENOENT (No such file or directory))");
    }

    @Test
    void readsThisProcessAsTheJdkDoes() throws Exception {
        ProcFs proc = new ProcFs().openedBy(files);
        assertThat(proc.status(ProcFs.SELF).tgid())
                .isEqualTo(ProcessHandle.current().pid());
        assertThat(proc.mappings(ProcFs.SELF))
                .anyMatch(mapping -> mapping.path().endsWith("/libjvm.so"));
    }

    private static Stream<Path> descriptorsOf(Path file) throws IOException {
        List<Path> found;
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            found = all.filter(it -> pointsTo(it, file)).toList();
        }
        return found.stream();
    }

    private static boolean pointsTo(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file.toRealPath());
        } catch (IOException closed) {
            return false;
        }
    }

    private static String flags(Path descriptor) {
        try {
            return Files.readAllLines(Path.of("/proc/self/fdinfo").resolve(descriptor.getFileName())).stream()
                    .filter(line -> line.startsWith("flags:"))
                    .map(line -> line.substring("flags:".length()).trim())
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
