// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HugePagesTest {

    private static final String NO_FLAGS = "-XX:CICompilerCount=2 -XX:+UseG1GC";
    private static final String ADVISES = NO_FLAGS + " -XX:+UseTransparentHugePages";

    private static final long PAGE = 4096;
    private static final long MIB = 1 << 20;

    @TempDir
    private Path root;

    @Test
    void thereAreNoneWhereTheKernelGivesNone() throws IOException {
        set("enabled", "always madvise [never]");
        set("shmem_enabled", "always within_size advise [never] deny force");

        assertThat(largest(ADVISES)).isZero();
    }

    @Test
    void thereMayBeSomeWhereTheKernelGivesThemUnasked() throws IOException {
        set("enabled", "[always] madvise never");

        assertThat(largest(NO_FLAGS)).isEqualTo(2 * MIB);
    }

    @Test
    void thereMayBeSomeWhereTheJvmAsks() throws IOException {
        set("enabled", "always [madvise] never");

        assertThat(largest(NO_FLAGS)).isZero();
        assertThat(largest(ADVISES)).isEqualTo(2 * MIB);
    }

    @Test
    void thereMayBeSomeOfThisSizeOnly() throws IOException {
        set("enabled", "always madvise [never]");
        set("hugepages-2048kB/enabled", "[always] inherit madvise never");

        assertThat(largest(NO_FLAGS)).isEqualTo(2 * MIB);
    }

    @Test
    void thereMayBeSomeInAHeapThatIsAFile() throws IOException {
        set("enabled", "always madvise [never]");
        for (String mode : new String[] {"always", "within_size", "force"}) {
            set("shmem_enabled", "[" + mode + "]");
            assertThat(largest(NO_FLAGS)).as(mode).isEqualTo(2 * MIB);
        }
        set("shmem_enabled", "always within_size [advise] never deny force");
        assertThat(largest(NO_FLAGS)).isZero();
        assertThat(largest(ADVISES)).isEqualTo(2 * MIB);
    }

    @Test
    void thereMayBeSomeWhereTheSettingCannotBeRead() throws IOException {
        assertThat(largest(NO_FLAGS)).isEqualTo(2 * MIB);
        assertThat(new HugePages(procFs(), command -> NO_FLAGS, PAGE).isKnown()).isFalse();

        set("enabled", "always [madvise] never");
        assertThat(new HugePages(procFs(), command -> NO_FLAGS, PAGE).isKnown()).isTrue();
    }

    @Test
    void thereMayBeSomeWhereTheJvmDoesNotTell() throws IOException {
        set("enabled", "always [madvise] never");

        DiagnosticCommands silent = command -> {
            throw new IOException("no module jdk.management");
        };

        assertThat(new HugePages(procFs(), silent, PAGE).getAsLong()).isEqualTo(2 * MIB);
    }

    @Test
    void theyAreAsLargeAsTheKernelSays() throws IOException {
        set("enabled", "[always] madvise never");
        set("hpage_pmd_size", "33554432");

        assertThat(largest(NO_FLAGS)).isEqualTo(32 * MIB);
    }

    @Test
    void theyAreAsLargeAsThePagesSayWhereTheKernelDoesNot() {
        assertThat(new HugePages(procFs(), command -> NO_FLAGS, 16 << 10).getAsLong())
                .isEqualTo(32 * MIB);
        assertThat(new HugePages(procFs(), command -> NO_FLAGS, 64 << 10).getAsLong())
                .isEqualTo(512 * MIB);
    }

    @Test
    void smallerOnesAreSeenToo() throws IOException {
        set("enabled", "always madvise [never]");
        set("hugepages-2048kB/enabled", "always [inherit] madvise never");
        set("hugepages-64kB/enabled", "[always] inherit madvise never");
        set("hugepages-256kB/enabled", "always inherit [madvise] never");

        assertThat(largest(NO_FLAGS)).isEqualTo(64 << 10);
        assertThat(largest(ADVISES)).isEqualTo(256 << 10);
    }

    /** A size of its own has to be on, or to inherit: what all have is not enough. */
    @Test
    void leavesOutASmallerSizeThatIsOff() throws IOException {
        set("enabled", "[always] madvise never");
        set("hugepages-2048kB/enabled", "always inherit madvise [never]");
        set("hugepages-64kB/enabled", "always inherit madvise [never]");
        assertThat(largest(ADVISES)).isZero();

        set("hugepages-64kB/enabled", "always [inherit] madvise never");
        assertThat(largest(NO_FLAGS)).isEqualTo(64 << 10);
    }

    @Test
    void sharedMemoryHasSizesOfItsOwn() throws IOException {
        set("enabled", "always madvise [never]");
        set("shmem_enabled", "always within_size advise [never] deny force");
        set("hugepages-128kB/shmem_enabled", "[always] inherit within_size advise never");
        assertThat(largest(NO_FLAGS)).isEqualTo(128 << 10);

        set("hugepages-128kB/shmem_enabled", "always inherit within_size [advise] never");
        assertThat(largest(NO_FLAGS)).isZero();
        assertThat(largest(ADVISES)).isEqualTo(128 << 10);
    }

    /** A page is no huge page. */
    @Test
    void theSmallestIsLargerThanAPage() throws IOException {
        set("enabled", "always madvise [never]");
        set("hugepages-4kB/enabled", "[always] inherit madvise never");

        assertThat(largest(NO_FLAGS)).isZero();
    }

    private long largest(String flags) {
        return new HugePages(procFs(), command -> command.equals("VM.flags") ? flags : "", PAGE).getAsLong();
    }

    private ProcFs procFs() {
        return new ProcFs(root.resolve("proc").toFile(), root.toFile());
    }

    private void set(String name, String modes) throws IOException {
        Path file = root.resolve("sys/kernel/mm/transparent_hugepage").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, modes + "\n");
    }
}
