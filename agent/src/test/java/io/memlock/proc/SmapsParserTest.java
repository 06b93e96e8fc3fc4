// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.files.ProcFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmapsParserTest {

    @ParameterizedTest
    @ValueSource(strings = {"jdk17-g1", "jdk25-zgc", "locked"})
    void findsTheMappingsThatMapsHas(String process) {
        List<SmapsEntry> entries = Fixture.smaps(Fixture.text(process + "/smaps"));

        // A JVM may map something between the two captures, so its paths are compared; the C program stands still.
        if (process.equals("locked")) {
            assertThat(entries).extracting(SmapsEntry::mapping).isEqualTo(Fixture.maps(Fixture.text("locked/maps")));
        }
        assertThat(entries)
                .extracting(e -> e.mapping().path())
                .contains("[heap]", "[stack]", "[vdso]", "[vsyscall]")
                .anyMatch(path -> path.endsWith(".so.6"));
        assertThat(entries).allSatisfy(e -> {
            assertThat(e.pssBytes()).isBetween(0L, e.mapping().length());
        });
    }

    @Test
    void addsUpToTheRollup() {
        List<SmapsEntry> entries = Fixture.smaps(Fixture.text("locked/smaps"));
        SmapsRollup rollup = sum(Fixture.smaps(Fixture.text("locked/smaps_rollup")));

        assertThat(sum(entries).lockedBytes()).isEqualTo(rollup.lockedBytes());
        assertThat(rollup.lockedBytes()).isEqualTo((256 + 8 + 64) * 1024);
    }

    @Test
    void readsTheSumsWhereTheKernelHasNoRollup(@TempDir Path directory) throws IOException {
        Path process = Files.createDirectory(directory.resolve("42"));
        ProcFs proc = new ProcFs(directory.toFile(), directory.toFile());
        Files.writeString(process.resolve("smaps"), Fixture.text("locked/smaps"));

        SmapsRollup summed = proc.smapsRollup("42");
        Files.writeString(process.resolve("smaps_rollup"), "");
        assertThat(proc.smapsRollup("42")).as("hidden").isEqualTo(summed);
        Files.writeString(process.resolve("smaps_rollup"), Fixture.text("locked/smaps_rollup"));

        assertThat(summed.lockedBytes()).isEqualTo(proc.smapsRollup("42").lockedBytes());
        assertThat(summed).isNotEqualTo(proc.smapsRollup("42"));
    }

    @Test
    void hugePagesThatTwoMappingsShowCountOnce(@TempDir Path directory) throws IOException {
        Path process = Files.createDirectory(directory.resolve("42"));
        ProcFs proc = new ProcFs(directory.toFile(), directory.toFile());
        Files.writeString(
                process.resolve("smaps_rollup"),
                """
                7f0000000000-7ffd00000000 ---p 00000000 00:00 0                          [rollup]
                Pss:                  40 kB
                Shared_Hugetlb:     8192 kB
                Locked:               12 kB
                """);
        String view =
                """
                7f%s0000000-7f%s0400000 rw-s 00000000 00:0f 5                          /anon_hugepage (deleted)
                Pss:                  20 kB
                Shared_Hugetlb:     4096 kB
                Locked:                6 kB
                """;
        Files.writeString(process.resolve("smaps"), view.formatted(11, 11) + view.formatted(12, 12));

        SmapsRollup rollup = proc.smapsRollup("42");

        assertThat(rollup.hugetlbBytes()).isEqualTo(4 << 20);
        assertThat(rollup.residentBytes()).isEqualTo((4 << 20) + (40 << 10));
        assertThat(rollup.lockedOrHugetlbBytes()).isEqualTo((4 << 20) + (12 << 10));
    }

    /** Before Linux 6.2 the kernel has no letters for on-fault. */
    @ParameterizedTest
    @ValueSource(strings = {"lf", "??"})
    void tellsLockedMappingsFromLockedOnFault(String onFault) {
        String smaps = Fixture.text("locked/smaps").replace(" lf ", " " + onFault + " ");

        List<SmapsEntry> locked =
                Fixture.smaps(smaps).stream().filter(SmapsEntry::locked).toList();

        assertThat(locked)
                .extracting(entry -> entry.mapping().length())
                .containsExactly(64L << 10, 64L << 10, 1L << 20, 1L << 18);
        assertThat(locked).extracting(SmapsEntry::lockedOnFault).containsExactly(false, false, true, false);
        // Two views of one memfd: each page counts half in each.
        assertThat(locked)
                .extracting(SmapsEntry::lockedBytes)
                .containsExactly(32L << 10, 32L << 10, 8L << 10, 256L << 10);
        assertThat(locked).extracting(SmapsEntry::special).containsOnly(false);
    }

    @Test
    void tellsMappingsThatMlockSkips() {
        assertThat(Fixture.smaps(Fixture.text("locked/smaps")))
                .filteredOn(SmapsEntry::special)
                .extracting(e -> e.mapping().path())
                .containsExactly("[vvar]", "[vvar_vclock]", "[vdso]");
    }

    /** As glibc maps for random numbers: the kernel drops such memory where it would swap out other. */
    @Test
    void countsNothingOfDroppableMemory() {
        String smaps =
                """
                7f0000000000-7f0000001000 rw-p 00000000 00:00 0
                Pss:                   4 kB
                Locked:                4 kB
                VmFlags: rd wr mr mw me lo lf wf dd dp sd
                """;

        assertThat(Fixture.smaps(smaps)).singleElement().satisfies(entry -> {
            assertThat(entry.special()).isTrue();
            assertThat(entry.residentBytes()).isZero();
            assertThat(entry.lockedOrHugetlbBytes()).isZero();
        });
    }

    @Test
    void countsWhatAnOldKernelDoesNotPrintAsZero() {
        List<SmapsEntry> entries = Fixture.smaps(Fixture.text("written/smaps-3.10"));

        assertThat(entries).hasSize(2);
        SmapsEntry text = entries.get(0);
        assertThat(text.lockedBytes()).isEqualTo(44 << 10);
        assertThat(text.locked()).isTrue();
        assertThat(text.lockedOnFault()).isFalse();
        assertThat(text.swapPssBytes()).isZero();
        assertThat(entries.get(1).locked()).isFalse();
    }

    @Test
    void addsPrivateAndSharedHugetlbAndReadsSwap() {
        SmapsEntry entry = Fixture.smaps(
                        """
                        7f0000000000-7f0000800000 rw-p 00000000 00:0f 123                        /anon_hugepage (deleted)
                        Shared_Hugetlb:     2048 kB
                        Private_Hugetlb:    4096 kB
                        Swap:                 12 kB
                        SwapPss:               6 kB
                        """)
                .get(0);

        assertThat(entry.hugetlbBytes()).isEqualTo(6L << 20);
        assertThat(entry.swapBytes()).isEqualTo(12 << 10);
        assertThat(entry.swapPssBytes()).isEqualTo(6 << 10);
    }

    /** Their mappings cannot be expanded by mremap: {@code de}. */
    @Test
    void hugetlbPagesCountAsResidentAndLocked() {
        SmapsEntry entry = Fixture.smaps(
                        """
                        7f0000000000-7f0000800000 rw-p 00000000 00:0f 123                        /anon_hugepage (deleted)
                        Pss:                   0 kB
                        Private_Hugetlb:    4096 kB
                        Locked:                0 kB
                        VmFlags: rd wr mr mw me de ht
                        """)
                .get(0);

        assertThat(entry.residentBytes()).isEqualTo(4L << 20);
        assertThat(entry.lockedOrHugetlbBytes()).isEqualTo(4L << 20);
    }

    @Test
    void skipsLinesOfNewerKernels() {
        assertThat(Fixture.smaps("1000-2000 rw-p 00000000 00:00 0 \nNovelty: yes\nPss: 4 kB\nVmFlags: rd zz lo q\n"))
                .satisfiesExactly(e -> {
                    assertThat(e.pssBytes()).isEqualTo(4096);
                    assertThat(e.locked()).isTrue();
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100, 4095, 4096, 8192, 1 << 20})
    void readsTheSameFromPiecesOfAnySize(int pieceBytes) throws IOException {
        String text = Fixture.text("locked/smaps");

        assertThat(Fixture.smapsInPieces(text, pieceBytes)).isEqualTo(Fixture.smaps(text));
    }

    @Test
    void readsALineLongerThanItsBuffer() throws IOException {
        String path = "/" + "x".repeat(200_000);

        List<SmapsEntry> entries =
                Fixture.smapsInPieces("1000-2000 rw-p 00000000 00:00 1 " + path + "\nPss: 4 kB\n", 4096);

        assertThat(entries).extracting(e -> e.mapping().path()).containsExactly(path);
        assertThat(entries).extracting(SmapsEntry::pssBytes).containsExactly(4096L);
    }

    @Test
    void tellsPathsApartThatComeAtTheSamePlaceOfTwoPieces() throws IOException {
        String one = "1000-2000 rw-p 00000000 00:00 1 /one\n";

        List<SmapsEntry> entries = Fixture.smapsInPieces(
                one + one.replace("1000-2000", "2000-3000").replace("one", "two"), one.length());

        assertThat(entries).extracting(e -> e.mapping().path()).containsExactly("/one", "/two");
    }

    @Test
    void countsLinesAcrossPieces() {
        String text = Fixture.text("locked/smaps") + "rubbish\n";
        int lines = (int) text.lines().count();

        assertThatThrownBy(() -> Fixture.smapsInPieces(text, 1000))
                .isInstanceOf(ProcFormatException.class)
                .hasMessageContaining(", line " + lines + ", ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Pss: 4 kB\n",
                "1000-2000 rw-p 00000000 00:00 0 \nPss: 4\n",
                "1000-2000 rw-p 00000000 00:00 0 \nPss: 4 k",
                "1000-2000 rw-p 00000000 00:00 0 \nPss: 4 kBx\n",
                "1000-2000 rw-p 00000000 00:00 0 \nPss: -4 kB\n",
                "1000-2000 rw-p 00000000 00:00 0 \nPss: 9007199254740992 kB\n",
                "1000-2000 rw-p 00000000 00:00 0 \nPss: 99999999999999999999 kB\n",
                "1000-2000 rw-p 00000000 00:00 0 \n\n"
            })
    void refusesWhatTheKernelDoesNotPrint(String text) {
        assertThatThrownBy(() -> Fixture.smaps(text)).isInstanceOf(ProcFormatException.class);
    }

    private static SmapsRollup sum(List<SmapsEntry> entries) {
        SmapsRollup.Sum sum = new SmapsRollup.Sum();
        entries.forEach(sum);
        return sum.total();
    }
}
