// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;

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
        MapsReader reader = new MapsReader(file.toFile());
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
}
