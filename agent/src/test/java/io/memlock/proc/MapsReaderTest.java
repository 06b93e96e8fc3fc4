// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.files.FileOpener;
import io.memlock.memory.Mapping;
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
        MapsReader reader = new MapsReader(Fixture.NAMES_ALONE, new FileOpener.Jdk(), file.toFile());
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

    /** Tens of thousands of them, each time one more is mapped, would be the only garbage of an idle JVM. */
    @Test
    void givesTheSameMappingsAsFarAsNothingHasChanged(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("maps");
        String low = "1000-2000 r--p 00000000 08:01 7 /lib/a.so\n";
        String high = "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n";
        Files.writeString(file, low + ONE + high);
        MapsReader reader = new MapsReader(Fixture.NAMES_ALONE, new FileOpener.Jdk(), file.toFile());
        List<Mapping> first = reader.read();

        Files.writeString(file, low + "3000-4000 rw-p 00000000 00:00 0 \n" + OTHER + high);
        List<Mapping> second = reader.read();

        assertThat(second).hasSize(4);
        assertThat(second.get(0)).isSameAs(first.get(0));
        assertThat(second.get(2).length()).isEqualTo(8192);
        assertThat(second.get(3)).isSameAs(first.get(2));

        Files.writeString(
                file, low.replace("a.so", "b.so") + OTHER.replace("rw-p", "r--p") + high.replace("--xp", "r-xp"));
        List<Mapping> third = reader.read();
        assertThat(third.get(0).path()).isEqualTo("/lib/b.so");
        assertThat(third.get(1).writable()).isFalse();
        assertThat(third.get(2).readable()).isTrue();
    }
}
