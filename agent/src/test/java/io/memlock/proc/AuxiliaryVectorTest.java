// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuxiliaryVectorTest {

    private static final long AT_SYSINFO_EHDR = 33;
    private static final long AT_HWCAP = 16;
    private static final long AT_PAGESZ = 6;
    private static final long AT_NULL = 0;

    @TempDir
    private Path root;

    @Test
    void findsThePageSizeAmongTheOthers() {
        assertThat(AuxiliaryVector.pageBytes(
                        auxv(AT_SYSINFO_EHDR, 0x7ffe_1234_5000L, AT_HWCAP, -1, AT_PAGESZ, 4096, AT_NULL, 0)))
                .isEqualTo(4096);
        assertThat(AuxiliaryVector.pageBytes(auxv(AT_PAGESZ, 65536, AT_NULL, 0)))
                .as("aarch64 with 64K pages")
                .isEqualTo(65536);
    }

    @Test
    void doesNotMakeUpAPageSize() {
        assertThat(AuxiliaryVector.pageBytes(new byte[0])).isEqualTo(-1);
        assertThat(AuxiliaryVector.pageBytes(new byte[15])).isEqualTo(-1);
        assertThat(AuxiliaryVector.pageBytes(auxv(AT_HWCAP, 4096))).isEqualTo(-1);
        assertThat(AuxiliaryVector.pageBytes(auxv(AT_NULL, 0, AT_PAGESZ, 4096)))
                .as("behind the end")
                .isEqualTo(-1);
        assertThat(AuxiliaryVector.pageBytes(auxv(AT_PAGESZ, 4097))).isEqualTo(-1);
        assertThat(AuxiliaryVector.pageBytes(auxv(AT_PAGESZ, 0))).isEqualTo(-1);
    }

    @Test
    void agreesWithWhatTheKernelMapsInPagesOf() throws IOException {
        long pageBytes = new ProcFs().pageBytes();

        assertThat(pageBytes).isPositive();
        assertThat(new ProcFs().mappings(ProcFs.SELF))
                .allMatch(mapping -> mapping.start() % pageBytes == 0 && mapping.end() % pageBytes == 0)
                .anyMatch(mapping -> mapping.start() % (2 * pageBytes) != 0);
    }

    @Test
    void namesTheFileThatDoesNotSay() throws IOException {
        Path auxv = Files.createDirectories(root.resolve("self")).resolve("auxv");
        ProcFs captured = new ProcFs(root.toFile(), root.toFile());
        assertThatThrownBy(captured::pageBytes)
                .isInstanceOf(IOException.class)
                .hasMessage(auxv + ": no such file or directory");

        Files.write(auxv, auxv(AT_NULL, 0));
        assertThatThrownBy(captured::pageBytes)
                .isInstanceOf(IOException.class)
                .hasMessage(auxv + ": no page size in it");
    }

    private static byte[] auxv(long... words) {
        ByteBuffer buffer = ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long word : words) {
            buffer.putLong(word);
        }
        return buffer.array();
    }
}
