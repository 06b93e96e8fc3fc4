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

    @TempDir
    private Path root;

    @Test
    void thereAreNoneWhereTheKernelGivesNone() throws IOException {
        set("enabled", "always madvise [never]");
        set("shmem_enabled", "always within_size advise [never] deny force");

        assertThat(mayBe(ADVISES)).isFalse();
    }

    @Test
    void thereMayBeSomeWhereTheKernelGivesThemUnasked() throws IOException {
        set("enabled", "[always] madvise never");

        assertThat(mayBe(NO_FLAGS)).isTrue();
    }

    @Test
    void thereMayBeSomeWhereTheJvmAsks() throws IOException {
        set("enabled", "always [madvise] never");

        assertThat(mayBe(NO_FLAGS)).isFalse();
        assertThat(mayBe(ADVISES)).isTrue();
    }

    @Test
    void thereMayBeSomeOfThisSizeOnly() throws IOException {
        set("enabled", "always madvise [never]");
        set("hugepages-2048kB/enabled", "[always] inherit madvise never");

        assertThat(mayBe(NO_FLAGS)).isTrue();
    }

    @Test
    void thereMayBeSomeInAHeapThatIsAFile() throws IOException {
        set("enabled", "always madvise [never]");
        for (String mode : new String[] {"always", "within_size", "force"}) {
            set("shmem_enabled", "[" + mode + "]");
            assertThat(mayBe(NO_FLAGS)).as(mode).isTrue();
        }
        set("shmem_enabled", "always within_size [advise] never deny force");
        assertThat(mayBe(NO_FLAGS)).isFalse();
        assertThat(mayBe(ADVISES)).isTrue();
    }

    @Test
    void thereMayBeSomeWhereTheSettingCannotBeRead() {
        assertThat(mayBe(NO_FLAGS)).isTrue();
    }

    @Test
    void thereMayBeSomeWhereTheJvmDoesNotTell() throws IOException {
        set("enabled", "always [madvise] never");

        assertThat(new HugePages(procFs(), command -> {
                            throw new IOException("no module jdk.management");
                        })
                        .getAsBoolean())
                .isTrue();
    }

    private boolean mayBe(String flags) {
        return new HugePages(procFs(), command -> command.equals("VM.flags") ? flags : "").getAsBoolean();
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
