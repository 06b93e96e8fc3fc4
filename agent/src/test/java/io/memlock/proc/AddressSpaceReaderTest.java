// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddressSpaceReaderTest {

    private Path statm;
    private AddressSpaceReader reader;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        statm = Files.createDirectories(directory.resolve("7")).resolve("statm");
        reader = new ProcFs(directory.toFile(), directory.toFile()).addressSpaceReader("7");
    }

    /** From a JVM on Linux 6.18. */
    @Test
    void readsWhatIsInRamEachTime() throws IOException {
        Files.writeString(statm, "1023472 12841 6912 1 0 41029 0\n");
        assertThat(reader.residentPages()).isEqualTo(12_841);

        Files.writeString(statm, "1023472 12900 6912 1 0 41029 0\n");
        assertThat(reader.residentPages()).isEqualTo(12_900);
    }

    @Test
    void saysMinusOneOfWhatIsInRamWhereTheFileDoesNotTell() throws IOException {
        assertThat(reader.residentPages()).isEqualTo(-1);

        Files.writeString(statm, "");
        assertThat(reader.residentPages()).isEqualTo(-1);
    }

    @Test
    void tellsAChangeOfTheAddressSpace() throws IOException {
        Files.writeString(statm, "1718215 12345 6789 1 0 61234 0\n");
        assertThat(reader.hasChanged()).as("first").isTrue();
        Files.writeString(statm, "1718215 12999 6799 1 0 61234 0\n");
        assertThat(reader.hasChanged()).as("more is resident").isFalse();

        Files.writeString(statm, "1718216 12999 6799 1 0 61234 0\n");
        assertThat(reader.hasChanged()).as("more is mapped").isTrue();
        Files.writeString(statm, "1718216 12999 6799 1 0 61235 0\n");
        assertThat(reader.hasChanged()).as("more is committed").isTrue();

        Files.writeString(statm, "");
        assertThat(reader.hasChanged()).as("nobody knows").isTrue();
        Files.delete(statm);
        assertThat(reader.hasChanged()).as("nobody knows").isTrue();
    }
}
