// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.fake.Needs;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a /proc of one process, 4242, which is 77 in a container. */
class ProcDirectoryTest {

    private static final long PID = 4242;

    private static final long ADDRESS = 0x20000;

    @TempDir
    private Path root;

    private Path process;
    private Path counters;

    @BeforeEach
    void makeProcess() throws IOException {
        process = Files.createDirectories(root.resolve(Long.toString(PID)));
        Object user = Files.getAttribute(process, "unix:uid");
        Files.writeString(
                process.resolve("status"),
                "Name:\tjava\nTgid:\t4242\nUid:\t" + user + "\t" + user + "\nNSpid:\t4242\t77\n");
        counters = file("hsperfdata_app/77", "its own");
    }

    /** A JVM that lists others has their files mapped. */
    @Test
    void onlyTheCountersThatAJvmWritesAreItsOwn() throws IOException {
        maps(line(0x10000, "r--s", file("hsperfdata_app/78", "of another"), "hsperfdata_app/78")
                + line(0x14000, "rw-s", file("hsperfdata_app/777", "of the application"), "hsperfdata_app/777")
                + line(0x18000, "rw-s", file("other/77", "of the application"), "other/77")
                + own(""));

        assertThat(read()).isEqualTo("its own");
    }

    @Test
    void thoseOfAnotherJvmAreNoReplacement() throws IOException {
        maps(line(0x10000, "r--s", counters, "hsperfdata_app/77"));

        assertThat(new ProcDirectory(root).perfData(PID)).isNull();
    }

    @Test
    void aFileThatIsNotTheOneThatIsMappedIsNotRead() throws IOException {
        maps(own(""));
        Files.move(counters, counters.resolveSibling("before"));
        file("hsperfdata_app/77", "of another");

        assertThatThrownBy(this::read).isInstanceOf(IOException.class);
    }

    /** As where the process holds its address space. */
    @Test
    void whoWaitsForAProcessKeepsNoOtherWaiting() throws Exception {
        Path maps = process.resolve("maps");
        assertThat(new ProcessBuilder("mkfifo", maps.toString()).start().waitFor())
                .isZero();
        ProcDirectory proc = new ProcDirectory(root);
        Thread waiting = new Thread(new FutureTask<>(() -> proc.perfData(PID)));
        waiting.setDaemon(true);
        waiting.start();

        try (OutputStream held = Files.newOutputStream(maps)) { // opens once it is read
            assertThat(TimeLimit.within(20_000, () -> proc.status(PID).ownPid()))
                    .isEqualTo(77);
            held.flush();
        }
    }

    /** As from cron, of a JVM whose user's name is not in ASCII. */
    @Test
    void findsCountersWhoseNameTheLocaleCannotWrite() throws Exception {
        Needs.require(
                System.getProperty("sun.jnu.encoding").equals("UTF-8"), "needs a locale that knows all characters");
        String name = "hsperfdata_jos\u00e9/77";
        maps(line(ADDRESS, "rw-s", file(name, "its own"), name));
        ProcessBuilder reader = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                InOtherLocale.class.getName(),
                root.toString());
        reader.environment().put("LC_ALL", "C");
        Process reading = reader.redirectErrorStream(true).start();

        assertThat(new String(reading.getInputStream().readAllBytes(), UTF_8)).isEqualTo("its own");
    }

    /** Prints the counters of the process. */
    static final class InOtherLocale {

        public static void main(String[] args) throws IOException {
            System.out.write(new ProcDirectory(Path.of(args[0])).perfData(PID));
            System.out.flush();
        }
    }

    /** As where somebody cleans /tmp. */
    @Test
    void ofAFileThatIsGoneWhatIsMappedIsRead() throws IOException {
        maps(own(" (deleted)"));
        Files.delete(counters);
        memory("mapped");

        assertThat(read()).startsWith("mapped").hasSize(0x1000);
    }

    /** As where a JVM was started by root, and has given up its rights. */
    @Test
    void ofAFileThatItsUserMayNotReadWhatIsMappedIsRead() throws IOException {
        maps(own(""));
        Files.setPosixFilePermissions(counters, Set.of(PosixFilePermission.OWNER_READ));
        int other = (Integer) Files.getAttribute(counters, "unix:uid") + 1;
        Files.writeString(
                process.resolve("status"),
                Files.readString(process.resolve("status")).replaceFirst("Uid:.*", "Uid:\t" + other + "\t" + other));
        memory("mapped");

        assertThat(read()).startsWith("mapped");
    }

    private void memory(String text) throws IOException {
        try (RandomAccessFile memory =
                new RandomAccessFile(process.resolve("mem").toFile(), "rw")) {
            memory.setLength(ADDRESS + 0x1000);
            memory.seek(ADDRESS);
            memory.write(text.getBytes(UTF_8));
        }
    }

    private String read() throws IOException {
        return new String(new ProcDirectory(root).perfData(PID), UTF_8);
    }

    private Path file(String path, String text) throws IOException {
        Path file = process.resolve("root/tmp").resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private void maps(String text) throws IOException {
        Files.writeString(process.resolve("maps"), text);
    }

    private String own(String mark) throws IOException {
        return line(ADDRESS, "rw-s", counters, "hsperfdata_app/77" + mark);
    }

    private static String line(long address, String permissions, Path file, String path) throws IOException {
        return String.format(
                "%x-%x %s 00000000 08:01 %s                    /tmp/%s%n",
                address, address + 0x1000, permissions, Files.getAttribute(file, "unix:ino"), path);
    }
}
