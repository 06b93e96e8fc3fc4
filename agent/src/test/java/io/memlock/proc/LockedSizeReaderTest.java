// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.files.FileOpener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockedSizeReaderTest {

    private Path status;
    private LockedSizeReader reader;

    @BeforeEach
    void open(@TempDir Path directory) {
        status = directory.resolve("status");
        reader = new LockedSizeReader(new FileOpener.Jdk(), status.toFile());
    }

    @Test
    void readsBothSizes() throws IOException {
        Files.writeString(status, "Name:\tjava\nVmLck:\t      12 kB\nVmRSS:\t      40 kB\nVmData:\t     100 kB\n");

        assertThat(reader.read()).containsExactly(12L << 10, 100L << 10);
    }

    @Test
    void doesNotTakeAMissingSizeForZero() throws IOException {
        Files.writeString(status, "Name:\tjava\nVmData:\t     100 kB\n");

        assertThatThrownBy(reader::read).isInstanceOf(IOException.class).hasMessageContaining("does not tell");
    }
}
