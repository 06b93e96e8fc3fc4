// SPDX-License-Identifier: Apache-2.0
package io.memlock.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.os.LibC;
import io.memlock.os.RealLibC;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThisProcessTest {

    private static final LibC REAL = RealLibC.get();

    @TempDir
    private Path proc;

    private ThisProcess process;

    /** Every file of {@code /proc/self} and {@code /proc} is that of the same name here. */
    @BeforeEach
    void readsOtherFiles() throws Exception {
        LibC libc = (LibC) Proxy.newProxyInstance(
                LibC.class.getClassLoader(),
                new Class<?>[] {LibC.class},
                (proxy, method, arguments) -> method.getName().equals("open")
                        ? REAL.open(here((byte[]) arguments[0]), (int) arguments[1])
                        : method.invoke(REAL, arguments));
        process =
                new ThisProcess(libc, null, new Log(new PrintStream(OutputStream.nullOutputStream()), LogLevel.QUIET));
        Files.writeString(proc.resolve("meminfo"), "HugePages_Total:     100\nHugetlb:          204800 kB\n");
    }

    private byte[] here(byte[] path) {
        Path name = Path.of(new String(path, UTF_8).trim()).getFileName();
        return proc.resolve(name).toString().concat("\0").getBytes(UTF_8);
    }

    private void map(String path) throws Exception {
        Files.writeString(proc.resolve("maps"), "f8000000-100000000 rw-p 00000000 00:11 9 " + path + "\n");
    }

    /** One call that locks all would populate them. */
    @Test
    void remembersHugePagesWhileItsMappingsCannotBeRead() throws Exception {
        assertThat(process.holdsHugetlb()).isFalse();
        map("/anon_hugepage (deleted)");
        assertThat(process.holdsHugetlb()).isTrue();

        Files.delete(proc.resolve("maps"));
        Files.delete(proc.resolve("meminfo"));
        assertThat(process.holdsHugetlb()).isTrue();

        Files.writeString(proc.resolve("maps"), "");
        assertThat(process.holdsHugetlb()).isTrue();

        map("/data/file");
        assertThat(process.holdsHugetlb()).isFalse();
    }

    /** Whoever reads what the command printed would type a number that is nobody's by then, or somebody else's. */
    @Test
    void aCommandHasEndedWhenItsRemedyIsTyped() {
        ThisProcess command = new ThisProcess(new FakeKernel(), null, new Log(System.err, LogLevel.QUIET));

        assertThat(command.deployment().pid()).isZero();
    }
}
