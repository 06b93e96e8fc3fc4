// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.memlock.fake.Needs;
import io.memlock.jvmstat.CounterFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On a /proc made up of a few processes. */
class JvmsTest {

    private static final String LIBJVM = "7f0000000000-7f0000001000 r-xp 00000000 08:01 1 /usr/lib/jvm/lib/libjvm.so\n";

    @TempDir
    private Path root;

    private Jvms jvms;

    @BeforeEach
    void makeProcesses() throws IOException {
        process(10, 10, "java", "S (sleeping)", LIBJVM, "java\0-jar\0app.jar\0");
        process(11, 10, "worker", "S (sleeping)", LIBJVM, "java\0-jar\0app.jar\0");
        process(12, 12, "bash", "S (sleeping)", "", "bash\0");
        process(13, 13, "old", "Z (zombie)", "", "");
        process(14, 14, "java", "S (sleeping)", LIBJVM, "java\0Main\0");
        Files.createDirectories(root.resolve("14/task/15"));
        Files.writeString(root.resolve("14/task/15/comm"), "memlock-keeper\n");
        jvms = new Jvms(new ProcDirectory(root), 14);
    }

    @Test
    void findsJvmsButNotItself() throws Exception {
        Files.createDirectories(root.resolve("sys"));
        // A thread's directory can be opened by number, but /proc does not list it; this one does.
        assertThat(jvms.all().jvms()).extracting(Jvm::pid).containsExactly(10L, 11L);
    }

    @ParameterizedTest
    @CsvSource({
        "r--p, /usr/lib/jvm/lib/libjvm.so, false",
        "r-xp, /usr/lib/jvm/lib/libjvm.so.old, false",
        "r-xp, /usr/lib/libjvm.so/plugin.so, false",
        "r-xp, /usr/lib/jvm/lib/libjvm.so (deleted), true"
    })
    void aJvmRunsTheCodeOfItsLibrary(String permissions, String path, boolean isJvm) throws Exception {
        String line = "7f0000000000-7f0000001000 " + permissions + " 00000000 08:01 1                " + path + "\n";
        process(10, 10, "viewer", "S (sleeping)", line, "viewer\0");

        if (isJvm) {
            assertThat(jvms.find(10).pid()).isEqualTo(10);
        } else {
            assertThatThrownBy(() -> jvms.find(10)).hasMessageContaining("process 10 (viewer) is not a JVM");
        }
    }

    @Test
    void seesTheAgentByItsThread() throws Exception {
        assertThat(jvms.find(10).agent()).isFalse();
        assertThat(jvms.find(14).agent()).isTrue();
    }

    @Test
    void seesTheAgentWhileItsFirstAttachIsAtWork() throws Exception {
        Files.writeString(root.resolve("14/task/15/comm"), "memlock-attach\n");

        assertThat(jvms.find(14).agent()).isTrue();
    }

    @Test
    void readsWhatAJvmInAChrootPublishes() throws Exception {
        Path jail = Files.createDirectories(root.resolve("jail/tmp/hsperfdata_app"));
        Files.write(
                jail.resolve("10"),
                new CounterFile().text("sun.rt.javaCommand", "app.Server").bytes());
        Files.createSymbolicLink(root.resolve("10/root"), root.resolve("jail"));
        process(
                10,
                10,
                "java",
                "S (sleeping)",
                LIBJVM + "7f0000002000-7f000000a000 rw-s 00000000 08:01 "
                        + Files.getAttribute(jail.resolve("10"), "unix:ino") + " " + jail.resolve("10") + "\n",
                "java\0@options\0");

        assertThat(jvms.find(10).command().name()).isEqualTo("app.Server");
    }

    @Test
    void tellsItsOwnUsersJvmsThatTheKernelHidesFromThoseOfOthers() throws Exception {
        Path forbidden = Path.of("/sys/bus/cpu/drivers_probe");
        Needs.require(Files.exists(forbidden), "needs a file that not even root can open to read");
        for (long pid : new long[] {20, 21}) {
            process(pid, pid, "java", "S (sleeping)", LIBJVM, "/opt/jdk/bin/java\0Main\0");
            Path maps = root.resolve(pid + "/maps");
            Files.delete(maps);
            Files.createSymbolicLink(maps, forbidden);
        }
        Path status = root.resolve("21/status");
        Files.writeString(status, Files.readString(status).replace("Uid:\t0\t0", "Uid:\t0\t4711"));

        assertThat(jvms.all().guarded()).isEqualTo(1);
        assertThat(jvms.all().closed()).isEqualTo(1);
        boolean isRoot = jvms.effectiveUid() == 0; // who sees the processes of all others, but for want of a capability
        assertThatThrownBy(() -> jvms.find(20))
                .hasMessageContaining(isRoot ? "without CAP_SYS_PTRACE" : "it is this user's, but the kernel refuses");
        assertThatThrownBy(() -> jvms.find(21))
                .hasMessageContaining(isRoot ? "without CAP_SYS_PTRACE" : "it belongs to user");
    }

    @Test
    void saysWhatIsWrongWithAProcess() {
        assertThatThrownBy(() -> jvms.find(99)).hasMessageStartingWith("there is no process 99");
        assertThatThrownBy(() -> jvms.find(11)).hasMessage("11 is a thread of process 10: use that number");
        assertThatThrownBy(() -> jvms.find(12)).hasMessageContaining("process 12 (bash) is not a JVM");
        assertThatThrownBy(() -> jvms.find(13)).hasMessageContaining("process 13 (old) has ended");
    }

    private void process(long pid, long tgid, String name, String state, String maps, String cmdline)
            throws IOException {
        Path directory = Files.createDirectories(root.resolve(Long.toString(pid)));
        Files.writeString(
                directory.resolve("status"),
                "Name:\t" + name + "\nState:\t" + state + "\nTgid:\t" + tgid + "\nPid:\t" + pid
                        + "\nUid:\t0\t0\t0\t0\nVmLck:\t0 kB\nVmRSS:\t100 kB\nVmSwap:\t0 kB\n");
        Files.writeString(
                directory.resolve("stat"),
                pid + " (" + name + ") S 1 1 1 0 -1 0 5 0 7 0 1 1 0 0 20 0 1 0 1000 1 1 1\n");
        Files.writeString(directory.resolve("maps"), maps);
        Files.writeString(directory.resolve("cmdline"), cmdline);
    }
}
