// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.files.ProcFormatException;
import io.memlock.memory.Backing;
import io.memlock.memory.Mapping;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class MapsParserTest {

    @Test
    void readsEveryFieldOfALine() {
        String line = "7f6180ab9000-7f6180c0f000 r-xp 00026000 fe:00 339380                     /usr/lib/libc.so.6\n";

        assertThat(Fixture.maps(line))
                .containsExactly(new Mapping(
                        0x7f6180ab9000L,
                        0x7f6180c0f000L,
                        true,
                        false,
                        true,
                        false,
                        0x26000,
                        339380,
                        "/usr/lib/libc.so.6",
                        Backing.FILE));
    }

    @Test
    void readsAnonymousMemoryWithAndWithoutTheBlankAtTheEnd() {
        List<Mapping> mappings = Fixture.maps("1000-2000 ---p 00000000 00:00 0 \n2000-3000 rw-s 00000000 00:00 0");

        assertThat(mappings).extracting(Mapping::path).containsExactly("", "");
        assertThat(mappings).extracting(Mapping::isAccessible).containsExactly(false, true);
        assertThat(mappings).extracting(Mapping::shared).containsExactly(false, true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/tmp/with two  spaces",
                "/tmp/ends in blank ",
                "/tmp/a line\\012break",
                "/memfd:two views (deleted)",
                "[anon:name with: ] in it]",
                "[anon_shmem:name]",
                "anon_inode:[perf_event]",
                "/tmp/\u00e4\u4e2d",
                "[heap]"
            })
    void keepsPathsAsTheKernelPrintsThem(String path) {
        String text = "1000-2000 rw-p 00000000 00:00 7                          " + path + "\n";

        assertThat(Fixture.maps(text)).extracting(Mapping::path).containsExactly(path);
    }

    @Test
    void readsAddressesInTheUpperHalf() {
        Mapping vsyscall = Fixture.maps(
                        "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n")
                .get(0);

        assertThat(vsyscall.start()).isEqualTo(0xffffffffff600000L);
        assertThat(vsyscall.length()).isEqualTo(4096);
        assertThat(vsyscall.path()).isEqualTo("[vsyscall]");
    }

    @Test
    void readsInodesAbove63Bits() {
        assertThat(Fixture.maps("1000-2000 rw-p 00000000 00:31 18446744073709551615 /overlay\n")
                        .get(0)
                        .isFileBacked())
                .isTrue();
    }

    @Test
    void tellsDeletedFiles() {
        List<Mapping> mappings = Fixture.maps(Fixture.text("locked/maps"));

        assertThat(mappings)
                .filteredOn(mapping -> mapping.path().endsWith(" (deleted)"))
                .extracting(Mapping::path)
                .containsExactly(
                        "/tmp/gone (deleted)",
                        "/memfd:two views (deleted)",
                        "/memfd:two views (deleted)",
                        "/dev/zero (deleted)");
    }

    @ParameterizedTest
    @FieldSource("io.memlock.proc.Fixture#JVMS")
    void readsAllMappingsOfAJvm(String jvm) {
        String text = Fixture.text(jvm + "/maps");
        List<Mapping> mappings = Fixture.maps(text);

        assertThat(mappings).hasSize((int) text.lines().count());
        assertThat(mappings).extracting(Mapping::path).contains("[stack]", "[vdso]", "");
        assertThat(mappings).anyMatch(m -> m.path().endsWith("/libjvm.so") && m.executable());
        assertThat(mappings).allMatch(m -> m.length() > 0 && m.length() % 4096 == 0);
        for (int i = 1; i < mappings.size(); i++) {
            assertThat(Long.compareUnsigned(
                            mappings.get(i).start(), mappings.get(i - 1).end()))
                    .isNotNegative();
        }
    }

    @Test
    void sharesThePathOfConsecutiveMappings() {
        List<Mapping> mappings =
                Fixture.maps("1000-2000 r--p 00000000 fe:00 1 /lib\n2000-3000 rw-p 00000000 fe:00 1 /lib\n");

        assertThat(mappings.get(0).path()).isSameAs(mappings.get(1).path());
    }

    @Test
    void findsNothingInTheMapsOfAKernelThread() {
        assertThat(Fixture.maps("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1000",
                "1000-",
                "1000-2000",
                "1000-2000 rw-",
                "1000-2000 rwzp 00000000 00:00 0",
                "1000-2000 rw-- 00000000 00:00 0",
                "2000-1000 rw-p 00000000 00:00 0",
                "1000-1000 rw-p 00000000 00:00 0",
                "ffffffffffffffff-0000000000000010 rw-p 00000000 00:00 0",
                "0-ffffffffffffffff rw-p 00000000 00:00 0",
                "10000000000000000-20000000000000000 rw-p 00000000 00:00 0",
                "1000-2000 rw-p 00000000 00:00 18446744073709551616",
                "1000-2000 rw-p 00000000 00:00 0x",
                "\n1000-2000 rw-p 00000000 00:00 0",
                "Size: 4 kB"
            })
    void refusesWhatTheKernelDoesNotPrint(String text) {
        assertThatThrownBy(() -> Fixture.maps(text)).isInstanceOf(ProcFormatException.class);
    }

    @Test
    void saysWhereTheTextIsWrong() {
        assertThatThrownBy(() -> Fixture.maps("1000-2000 rw-p 00000000 00:00 0\n2000-3000 rw?p 0 00:00 0\n"))
                .hasMessage("maps, line 2, column 13: expected 'x' or '-' in '2000-3000 rw?p 0 00:00 0'")
                .isInstanceOf(ProcFormatException.class);
    }
}
