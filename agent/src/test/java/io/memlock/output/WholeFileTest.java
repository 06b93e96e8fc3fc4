// SPDX-License-Identifier: Apache-2.0
package io.memlock.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
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
