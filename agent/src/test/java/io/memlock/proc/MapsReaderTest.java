// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MapsReaderTest {

    private static final String ONE = "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 \n";
    private static final String OTHER = "7f0000000000-7f0000002000 rw-p 00000000 00:00 0 \n";

    @Test
    void givesTheSameListUntilSomethingChanges(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("maps");
        Files.writeString(file, ONE);
        MapsReader reader = new MapsReader(new FileOpener.Jdk(), file.toFile());
        List<Mapping> first = reader.read();
        assertThat(first).hasSize(1);
        assertThat(reader.read()).isSameAs(first);

        Files.writeString(file, OTHER);
        List<Mapping> second = reader.read();
        assertThat(second).hasSize(1);
        assertThat(second.get(0).length()).isEqualTo(8192);
        assertThat(reader.read()).isSameAs(second);

        Files.writeString(file, OTHER + ONE);
        assertThat(reader.read()).hasSize(2);

        Files.writeString(file, ONE);
        assertThat(reader.read()).isEqualTo(first).isNotSameAs(first);
    }

    @Test
    void tellsAChangeOfTheAddressSpace(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("statm");
        AddressSpaceReader reader = new AddressSpaceReader(new FileOpener.Jdk(), file.toFile());
        Files.writeString(file, "1718215 12345 6789 1 0 61234 0\n");
        long before = reader.fingerprint();
        Files.writeString(file, "1718215 12999 6799 1 0 61234 0\n");
        assertThat(reader.fingerprint()).as("more is resident").isEqualTo(before);

        Files.writeString(file, "1718216 12345 6789 1 0 61234 0\n");
        assertThat(reader.fingerprint()).as("more is mapped").isNotEqualTo(before);
        Files.writeString(file, "1718215 12345 6789 1 0 61235 0\n");
        assertThat(reader.fingerprint()).as("more is committed").isNotEqualTo(before);

        Files.writeString(file, "");
        assertThatThrownBy(reader::fingerprint)
                .isInstanceOf(ProcFormatException.class)
                .hasMessageContaining("statm");
    }
}
