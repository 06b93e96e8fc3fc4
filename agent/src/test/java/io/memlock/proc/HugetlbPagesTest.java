// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HugetlbPagesTest {

    @TempDir
    private Path proc;

    @ParameterizedTest
    @CsvSource({
        "'HugePages_Total:       0\nHugetlb:               0 kB\nDirectMap4k:      100 kB\n', true",
        "'HugePages_Total:       0\nHugetlb:         1048576 kB\nDirectMap4k:      100 kB\n', false",
        "'HugePages_Total:       0\nHugetlb:              20 kB', false",
        "'MemTotal: 0 kB\n', false",
        "'', false",
        "'Hugetlb:', false",
        "'\nHugetlb:', false"
    })
    void hostHasNoneOnlyWhereTheKernelSaysSo(String text, boolean hasNone) throws IOException {
        Files.writeString(proc.resolve("meminfo"), text);

        assertThat(new ProcFs(proc.toFile(), proc.toFile()).hasNoHugetlbPages()).isEqualTo(hasNone);
    }

    @Test
    void hostMayHaveSomeWhereTheFileIsHidden() {
        assertThat(new ProcFs(proc.toFile(), proc.toFile()).hasNoHugetlbPages()).isFalse();
    }
}
