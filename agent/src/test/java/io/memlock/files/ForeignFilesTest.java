// SPDX-License-Identifier: Apache-2.0
package io.memlock.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Function;
import io.memlock.fake.Needs;
import io.memlock.os.RealLibC;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a root directory as a hostile process would set it up. */
@Timeout(20)
class ForeignFilesTest {

    private static final long STRANGER = 4711;

    /** fcntl.h, signal.h */
    private static final int O_RDWR = 2;

    private static final int F_SETSIG = 10;
    private static final int F_SETLEASE = 1024;
    private static final int F_WRLCK = 1;
    private static final int SIGURG = 23;

    @TempDir
    private Path outside;

    private Path root;
    private long self;

    @BeforeEach
    void setUp() throws IOException {
        root = Files.createDirectory(outside.resolve("root"));
        self = ((Integer) Files.getAttribute(root, "unix:uid")).longValue();
        put("data/v1/namespace", "shop");
        Files.createSymbolicLink(root.resolve("data/now"), Path.of("v1"));
        Files.createSymbolicLink(root.resolve("data/namespace"), Path.of("now/namespace"));
        Files.createSymbolicLink(root.resolve("run"), Path.of("/data"));
    }

    @Test
    void followsLinksAsTheProcessWould() throws IOException {
        assertThat(read(STRANGER, "/data/v1/namespace")).isEqualTo("shop");
        assertThat(read(STRANGER, "/run/namespace")).isEqualTo("shop");
        assertThat(read(STRANGER, "/run/../run//./now/../namespace")).isEqualTo("shop");
    }

    @Test
    void takesTheRootOffPathsThatLieBelowIt() throws IOException {
        Path link = Files.createSymbolicLink(outside.resolve("link"), root);

        assertThat(ForeignFiles.seenFrom(link, root + "/data/v1")).isEqualTo("/data/v1");
        assertThat(ForeignFiles.seenFrom(link, root + root.toString() + "/x")).isEqualTo(root + "/x");
        assertThat(ForeignFiles.seenFrom(link, root + "less/data")).isEqualTo(root + "less/data");
        assertThat(ForeignFiles.seenFrom(link, "/data/v1")).isEqualTo("/data/v1");
        assertThat(ForeignFiles.seenFrom(link, "")).isEmpty();
        assertThat(ForeignFiles.seenFrom(Files.createSymbolicLink(outside.resolve("host"), Path.of("/")), "/data"))
                .isEqualTo("/data");
        assertThat(ForeignFiles.seenFrom(outside.resolve("hidden"), "/data")).isEqualTo("/data");
    }

    @Test
    void neverLeavesTheRoot() throws IOException {
        Files.writeString(outside.resolve("shadow"), "secret");
        Files.createSymbolicLink(root.resolve("up"), Path.of("../shadow"));
        Files.createSymbolicLink(root.resolve("away"), outside.resolve("shadow"));
        Files.createSymbolicLink(root.resolve("dir"), outside);
        for (String path : new String[] {"/up", "/away", "/dir/shadow", "/../shadow", "/data/../../shadow"}) {
            assertThatThrownBy(() -> read(self, path)).as(path).isInstanceOf(IOException.class);
        }
    }

    @Test
    void readsNothingThatItsUserCouldNotRead() throws IOException {
        Path secret = put("secret", "x");
        mode(secret, "rw-r-----");
        assertThat(read(self, "/secret")).isEqualTo("x");
        assertThatThrownBy(() -> read(STRANGER, "/secret")).hasMessageContaining("may read");

        put("closed/file", "x");
        mode(root.resolve("closed"), "rwx------");
        assertThat(read(self, "/closed/file")).isEqualTo("x");
        assertThatThrownBy(() -> read(STRANGER, "/closed/file")).hasMessageContaining("may not enter");
    }

    @Test
    void waitsForNobody() throws Exception {
        int status = new ProcessBuilder("mkfifo", root.resolve("fifo").toString())
                .start()
                .waitFor();
        Needs.require(status == 0, "needs the command mkfifo");
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
        assertThatThrownBy(() -> read(self, "/fifo")).hasMessageContaining("not a regular file");
        assertThatThrownBy(() -> read(self, "/fifo/x")).hasMessageContaining("may not enter");
        assertThatThrownBy(() -> read(self, "/data")).hasMessageContaining("not a regular file");
        assertThatThrownBy(() -> read(self, "/loop")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(self, "/loop/x")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(self, "/data/".repeat(10_000))).isInstanceOf(IOException.class);
    }

    /** Its owner may hold a lease (fcntl(2)): then whoever opens it waits until the kernel breaks that, 45 s by default. */
    @Test
    void aLeasedFileIsNotWaitedFor() throws Exception {
        Path file = put("leased", "x");
        int descriptor = libc("open", file.toString(), O_RDWR);
        try {
            // SIGURG is ignored, SIGIO is not
            boolean isLeased = libc("fcntl", descriptor, F_SETSIG, SIGURG) == 0
                    && libc("fcntl", descriptor, F_SETLEASE, F_WRLCK) == 0;
            Needs.require(isLeased, "needs a file system with leases for the temporary directory");

            assertThatThrownBy(() -> read(self, "/leased")).hasMessageContaining("keeps it from being opened");
            assertThat(Thread.getAllStackTraces().entrySet())
                    .as("a command that runs beside this one takes it for no agent's")
                    .filteredOn(thread -> Arrays.stream(thread.getValue())
                            .anyMatch(frame -> frame.getClassName().equals(ForeignFiles.class.getName())))
                    .isNotEmpty()
                    .noneMatch(thread -> thread.getKey().getName().startsWith("memlock-"));
        } finally {
            libc("close", descriptor);
        }
    }

    private static int libc(String name, Object... arguments) {
        RealLibC.get(); // without it JNA would not work where no other test has run
        return Function.getFunction("c", name).invokeInt(arguments);
    }

    @Test
    void readsNoMoreThanExpected() throws IOException {
        put("long", "x".repeat(101));
        assertThatThrownBy(() -> read(self, "/long")).hasMessageContaining("longer than 100 bytes");
    }

    @Test
    void looksWithoutOpening() throws IOException {
        try (ForeignFiles files = new ForeignFiles(root, STRANGER)) {
            assertThat(files.isDirectory("/run")).isTrue();
        }
        try (ForeignFiles files = new ForeignFiles(root, STRANGER)) {
            assertThat(files.isDirectory("/")).isTrue();
        }
    }

    @Test
    void findsNamesOfAnyCharacters() throws Exception {
        makeGreatNames();

        assertThat(read(self, "/gr\u00f6\u00dfe/\ud83d\ude00 %41")).isEqualTo("x");
        assertThat(read(self, "/l\u00ef/../l\u00ef/\ud83d\ude00 %41")).isEqualTo("x");
        for (String none : new String[] {"/data/\ufffd", "/data/\ud83d", "/data/\0"}) {
            assertThatThrownBy(() -> read(self, none)).isInstanceOf(IOException.class);
        }
    }

    /** As from cron, and as many monitoring systems start what they run. */
    @Test
    void findsNamesThatTheLocaleCannotWrite() throws Exception {
        makeGreatNames();
        ProcessBuilder reader = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                InOtherLocale.class.getName(),
                root.toString(),
                Long.toString(self));
        reader.environment().put("LC_ALL", "C");
        Process process = reader.redirectErrorStream(true).start();

        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).isEqualTo("x");
    }

    /** Reads a file, and prints it. */
    static final class InOtherLocale {

        public static void main(String[] args) throws IOException {
            try (ForeignFiles files = new ForeignFiles(Path.of(args[0]), Long.parseLong(args[1]))) {
                System.out.write(files.read("/l\u00ef/\ud83d\ude00 %41", 100));
                System.out.flush();
            }
        }
    }

    private void makeGreatNames() throws IOException {
        Needs.require(
                System.getProperty("sun.jnu.encoding").equals("UTF-8"), "needs a locale that knows all characters");
        put("gr\u00f6\u00dfe/\ud83d\ude00 %41", "x");
        Files.createSymbolicLink(root.resolve("l\u00ef"), Path.of("/gr\u00f6\u00dfe"));
    }

    private String read(long uid, String path) throws IOException {
        try (ForeignFiles files = new ForeignFiles(root, uid)) {
            return new String(files.read(path, 100), UTF_8);
        }
    }

    private Path put(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
