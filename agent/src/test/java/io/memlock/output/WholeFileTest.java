// SPDX-License-Identifier: Apache-2.0
package io.memlock.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** New files, in places where something may be already. */
class WholeFileTest {

    @TempDir
    private Path directory;

    @Test
    void writesWhatOnlyTheOwnerCanReadAndNothingBesideIt() throws IOException {
        Path file = directory.resolve("page.html");

        assertThat(new WholeFile(file, false).write("text")).isEqualTo(file).hasContent("text");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(directory).isDirectoryContaining(each -> each.equals(file));
        assertThat(directory.toFile().list()).hasSize(1);
    }

    @Test
    void leavesAloneWhatIsThere() throws IOException {
        Path file = Files.writeString(directory.resolve("page.html"), "mine");

        assertThat(new WholeFile(file, false).obstacle()).contains("exists", "--force");
        assertThatThrownBy(() -> new WholeFile(file, false).write("text"))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("mine");
        assertThat(directory.toFile().list()).hasSize(1);
    }

    /** vfat answers EPERM. */
    @Test
    void writesAlsoWhereAFileHasOneName() throws IOException {
        Path file = directory.resolve("page.html");
        WholeFile oneName = new WholeFile(file, false) {
            @Override
            void link(Path beside) throws IOException {
                throw new FileSystemException(file.toString(), beside.toString(), "Operation not permitted");
            }
        };

        assertThat(oneName.write("text")).hasContent("text");
        assertThatThrownBy(() -> oneName.write("more")).isInstanceOf(FileAlreadyExistsException.class);

        assertThat(file).hasContent("text");
        assertThat(directory.toFile().list()).hasSize(1);
    }

    @Test
    void followsNoLink() throws IOException {
        Path nowhere = directory.resolve("nowhere");
        Path link = Files.createSymbolicLink(directory.resolve("page.html"), nowhere);

        assertThat(new WholeFile(link, false).obstacle()).contains("exists");
        assertThatThrownBy(() -> new WholeFile(link, false).write("text"))
                .isInstanceOf(FileAlreadyExistsException.class);
        new WholeFile(link, true).write("text");

        assertThat(nowhere).doesNotExist();
        assertThat(link).isRegularFile().hasContent("text");
        assertThat(Files.isSymbolicLink(link)).isFalse();
    }

    /** As on NFS, where the disk is full. */
    @Test
    void leavesNothingWhereTheFileCannotBeClosed() throws IOException {
        Path file = directory.resolve("page.html");
        assertThatThrownBy(() -> unclosed(file, false).write("text")).hasMessage("Disk quota exceeded");
        assertThat(directory.toFile().list()).isEmpty();

        Files.writeString(file, "before");
        assertThatThrownBy(() -> unclosed(file, true).write("text")).hasMessage("Disk quota exceeded");
        assertThat(file).hasContent("before");
        assertThat(directory.toFile().list()).hasSize(1);
    }

    private static WholeFile unclosed(Path file, boolean isReplaced) {
        return new WholeFile(file, isReplaced) {
            @Override
            OutputStream make(Path newFile) throws IOException {
                return new FilterOutputStream(super.make(newFile)) {
                    @Override
                    public void close() throws IOException {
                        super.close();
                        throw new IOException("Disk quota exceeded");
                    }
                };
            }
        };
    }

    /** The directory is of the application's user, who sees the name of the new file as soon as it is there. */
    @Test
    @Timeout(60)
    void writesOnlyTheFileThatItHasMade() throws Exception {
        Path other = Files.writeString(directory.resolve("other"), "mine");
        AtomicBoolean isOver = new AtomicBoolean();
        Thread exchanger = new Thread(() -> {
            while (!isOver.get()) {
                exchange(other);
            }
        });
        exchanger.start();
        try {
            for (int i = 0; i < 1000; i++) {
                try {
                    new WholeFile(directory.resolve("page.html"), true).write("text");
                } catch (IOException e) {
                    assertThat(e).isInstanceOf(FileSystemException.class); // it was taken away
                }
                assertThat(other).hasContent("mine");
            }
        } finally {
            isOver.set(true);
            exchanger.join();
        }
    }

    /** Puts a link in the place of a new file. */
    private void exchange(Path other) {
        for (String name : directory.toFile().list()) {
            if (name.startsWith(".memlock-")) {
                try {
                    Files.deleteIfExists(directory.resolve(name));
                    Files.createSymbolicLink(directory.resolve(name), other);
                } catch (IOException e) {
                    // it is no longer there, or a link already
                }
            }
        }
    }

    @Test
    void replacesNothingThatIsNoFile() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        Path file = Files.writeString(directory.resolve("page.html"), "mine");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        Path stdout = Files.createSymbolicLink(directory.resolve("stdout"), Path.of("/proc/self/status"));
        Path device = Files.createSymbolicLink(directory.resolve("null"), Path.of("/dev/null"));

        for (Path kept : List.of(fifo, stdout, device)) {
            assertThat(new WholeFile(kept, true).obstacle()).contains("is no regular file");
            assertThat(new WholeFile(kept, false).obstacle()).doesNotContain("--force");
            Files.delete(kept);
        }
        assertThat(new WholeFile(file, true).obstacle()).isNull();
        assertThat(new WholeFile(link, true).obstacle()).isNull();
    }

    @Test
    void writesATextWithHalfACharacter() throws IOException {
        assertThat(new WholeFile(directory.resolve("page.html"), false).write("a\ud83db"))
                .hasContent("a?b");
    }

    @Test
    void saysWhereNoFileCanBe() {
        assertThat(new WholeFile(directory, true).obstacle()).contains("is a directory");
        assertThat(new WholeFile(directory.resolve("none/page.html"), false).obstacle())
                .contains("no file can be made in");
    }
}
