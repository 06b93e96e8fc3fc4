// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResidentSizeReaderTest {

    private Path statm;
    private ResidentSizeReader reader;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        statm = Files.createDirectories(directory.resolve("7")).resolve("statm");
        reader = new ProcFs(directory.toFile(), directory.toFile()).residentSizeReader("7");
    }

    /** From a JVM on Linux 6.18. */
    @Test
    void readsTheSecondNumberEachTime() throws IOException {
        Files.writeString(statm, "1023472 12841 6912 1 0 41029 0\n");
        assertThat(reader.pages()).isEqualTo(12_841);

        Files.writeString(statm, "1023472 12900 6912 1 0 41029 0\n");
        assertThat(reader.pages()).isEqualTo(12_900);
    }

    @Test
    void isLessThanNothingWhereTheFileDoesNotTell() throws IOException {
        assertThat(reader.pages()).isEqualTo(-1);

        Files.writeString(statm, "");
        assertThat(reader.pages()).isEqualTo(-1);
    }
}
