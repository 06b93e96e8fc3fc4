// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.hotspot.JvmFlags;
import io.memlock.jvms.JavaCommand;
import io.memlock.jvms.Jvm;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttachabilityTest {

    private static final long PID = 42;

    private static final Path STATUS = Path.of("src/test/resources/proc/jdk17-g1/status");
    private static final Path LIMITS = Path.of("src/test/resources/proc/jdk17-g1/limits");

    private static final Path MAPS = Path.of("src/test/resources/proc/jdk17-g1/maps");

    @TempDir
    private Path root;

    private Path process;

    /** A JVM that can be attached to, in a cgroup of each version. */
    @BeforeEach
    void writeProcess() throws IOException {
        process = Files.createDirectories(root.resolve("proc/" + PID));
        write(process.resolve("status"), Files.readString(STATUS));
        write(process.resolve("limits"), Files.readString(LIMITS));
        write(process.resolve("maps"), Files.readString(MAPS));
        write(process.resolve("cgroup"), "3:freezer:/app/java\n2:pids:/app/java\n0::/app.slice/java\n");
        write(
                root.resolve("proc/self/mountinfo"),
                """
                30 24 0:26 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
                31 24 0:27 / /sys/fs/cgroup/freezer rw,relatime - cgroup cgroup rw,freezer
                32 24 0:28 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
                """);
        write(cgroup("freezer/app/java/freezer.self_freezing"), "0\n");
        write(cgroup("unified/app.slice/java/cgroup.freeze"), "0\n");
        write(cgroup("pids/app/java/pids.max"), "max\n");
        write(cgroup("pids/app/java/pids.current"), "40\n");
    }

    @Test
    void mostJvmsCanBeAttachedTo() throws IOException {
        assertThat(obstacle("")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-XX:+DisableAttachMechanism", "-Xrs", "-XX:+ReduceSignalUsage", "-XX:-EnableDynamicAgentLoading"
            })
    void aJvmMayBeToldToRefuse(String option) throws IOException {
        assertThat(obstacle(option).remedy()).contains("-javaagent:");
    }

    /** HotSpot starts the listener with such a JVM. */
    @ParameterizedTest
    @ValueSource(strings = {"", "-Xrs", "-XX:+ReduceSignalUsage"})
    void oneThatListensAlreadyNeedsNoSignal(String options) throws IOException {
        status("SigCgt:.*", "SigCgt:\t0000000000000000");
        status("Uid:.*", ownUser());
        write(process.resolve("task/43/comm"), "Attach Listener\n");
        assertThat(obstacle(options).remedy()).as("somebody removed the socket").contains("-javaagent:");

        write(process.resolve("root/tmp/.java_pid17258"), "");

        assertThat(obstacle(options)).isNull();
        assertThat(obstacle("-Xrs -XX:-EnableDynamicAgentLoading").reason()).contains("EnableDynamicAgentLoading");
    }

    private String ownUser() throws IOException {
        String uid = Files.getAttribute(process, "unix:uid").toString();
        return "Uid:\t" + uid + "\t" + uid + "\t" + uid + "\t" + uid;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-XX:+DisableAttachMechanism -XX:-DisableAttachMechanism", "-XX:+EnableDynamicAgentLoading"})
    void theLastFlagCounts(String options) throws IOException {
        assertThat(obstacle(options)).isNull();
    }

    @Test
    void oneMadeByJlinkMayLackWhatEveryAgentNeeds() throws IOException {
        write(process.resolve("maps"), "7f0000000000-7f0000001000 r-xp 00000000 fe:00 1 /jdk/lib/server/libjvm.so\n");
        Path release = process.resolve("root/jdk/release");
        write(release, "MODULES=\"java.base java.instrument\"\n");
        assertThat(obstacle("")).isNull();

        write(release, "MODULES=\"java.base\"\n");

        assertThat(obstacle("").reason()).contains("without the module java.instrument");
        assertThat(obstacle("").remedy()).contains("jlink --add-modules java.instrument");
    }

    /** A signal that lets others go on does nothing to one that is traced. */
    @Test
    void aJvmThatADebuggerHoldsIsLetGoThere() throws IOException {
        status("State:.*", "State:\tt (tracing stop)");

        assertThat(obstacle("").remedy()).contains("TracerPid /proc/42/status").doesNotContain("kill");
    }

    @Test
    void aStoppedOneWouldHearItLater() throws IOException {
        status("State:.*", "State:\tT (stopped)");

        assertThat(obstacle("").reason()).contains("stopped");
        assertThat(obstacle("").remedy()).isEqualTo("kill -CONT 42");
    }

    @Test
    void oneWithoutAHandlerWouldDie() throws IOException {
        status("SigCgt:.*", "SigCgt:\t0000000000000000");

        assertThat(obstacle("").reason()).contains("SIGQUIT");
    }

    @ParameterizedTest
    @CsvSource({
        "freezer/app/java/freezer.self_freezing, sudo tee /sys/fs/cgroup/freezer/app/java/freezer.state",
        "freezer/app/freezer.self_freezing,      sudo tee /sys/fs/cgroup/freezer/app/freezer.state",
        "unified/app.slice/java/cgroup.freeze,   sudo tee /sys/fs/cgroup/unified/app.slice/java/cgroup.freeze",
        "unified/app.slice/cgroup.freeze,        sudo tee /sys/fs/cgroup/unified/app.slice/cgroup.freeze"
    })
    void aFrozenOneIsToldWithTheCgroupThatIs(String file, String thaw) throws IOException {
        write(cgroup(file), "1\n");

        assertThat(obstacle("").reason()).contains("frozen");
        assertThat(obstacle("").remedy()).endsWith(thaw);
    }

    @ParameterizedTest
    @CsvSource({"pids/app/java, 40", "pids/app, 43", "unified/app.slice, 41"})
    void oneThatCannotStartTheListenersThreadWouldEnd(String directory, int limit) throws IOException {
        write(cgroup(directory + "/pids.current"), "40\n");
        write(cgroup(directory + "/pids.max"), limit + "\n");

        assertThat(obstacle("").reason()).contains("may have " + limit + " threads and has 40", "would end");
        assertThat(obstacle("").remedy()).contains("/sys/fs/cgroup/" + directory + "/pids.max");
    }

    @Test
    void roomForTheThreadsIsEnough() throws IOException {
        write(cgroup("pids/app/java/pids.max"), "44\n");

        assertThat(obstacle("")).isNull();
    }

    @Test
    void theLimitOfTheUserCountsAllItsThreads() throws IOException {
        status("Uid:.*", "Uid:\t1000\t1000\t1000\t1000");
        status("CapEff:.*", "CapEff:\t0000000000000000");
        status("Threads:.*", "Threads:\t30");
        Path other = Files.createDirectories(root.resolve("proc/43"));
        write(other.resolve("status"), Files.readString(process.resolve("status")));
        limitProcesses(64);
        assertThat(obstacle("")).isNull();

        limitProcesses(63);

        assertThat(obstacle("").reason()).contains("its user may have 63 threads and has 60");
        assertThat(obstacle("").remedy()).contains("prlimit --pid 42 --nproc=68:68");
    }

    @Test
    void oneWhoseJavaIsGoneHasNoLibraryForAgents() throws IOException {
        String maps = Files.readString(MAPS);
        String gone = maps.replace("/libjvm.so", "/libjvm.so (deleted)");
        assertThat(gone).isNotEqualTo(maps);
        write(process.resolve("maps"), gone);
        assertThat(obstacle("").reason()).contains("its Java was removed or replaced");

        write(process.resolve("maps"), gone + lineOfLibjvm(maps).replace("/libjvm.so", "/libinstrument.so"));
        assertThat(obstacle("")).as("loaded before").isNull();
    }

    private static String lineOfLibjvm(String text) {
        return text.lines()
                        .filter(line -> line.contains("/libjvm.so"))
                        .findFirst()
                        .orElseThrow() + "\n";
    }

    @ParameterizedTest
    @CsvSource({"1000, 0, true", "0, 1000, false", "1000, 1000, true", "1001, 1000, false"})
    void aJvmKnowsTheUsersOfItsUserNamespace(long self, long jvm, boolean isKnown) throws IOException {
        status("Uid:.*", "Uid:\t" + jvm + "\t" + jvm + "\t" + jvm + "\t" + jvm);
        write(process.resolve("uid_map"), "         0       1000          1\n");
        write(root.resolve("proc/self/uid_map"), "         0          0 4294967295\n");
        write(
                root.resolve("proc/self/status"),
                Files.readString(STATUS).replaceFirst("(?m)^Uid:.*", "Uid:\t" + self + "\t" + self));

        if (isKnown) {
            assertThat(obstacle("")).isNull();
        } else {
            assertThat(obstacle("").reason()).contains("user namespace", "thread dump");
        }
    }

    @Test
    void theFilesThatAttachingOpensNeedRoom() throws IOException {
        for (int i = 0; i < 13; i++) {
            write(process.resolve("fd/" + i), "");
        }
        limitFiles(17);
        assertThat(obstacle("")).isNull();

        limitFiles(16);

        assertThat(obstacle("").reason()).contains("may have 16 files open and has 13");
        assertThat(obstacle("").remedy()).isEqualTo("sudo prlimit --pid 42 --nofile=21:21");
    }

    @Test
    void anUnlimitedNumberOfFilesIsEnough() throws IOException {
        write(process.resolve("fd/0"), "");
        write(process.resolve("limits"), "Max open files            unlimited            unlimited            files\n");

        assertThat(obstacle("")).isNull();
    }

    @Test
    void openJ9HasAnotherWayToAttach() throws IOException {
        String maps = Files.readString(MAPS);
        write(process.resolve("maps"), maps + lineOfLibjvm(maps).replace("/libjvm.so", "/libj9vm29.so"));

        assertThat(obstacle("").reason()).contains("OpenJ9");
        assertThat(obstacle("").remedy()).contains("HotSpot");
    }

    @Test
    void noSuchLimitAppliesToRoot() throws IOException {
        status("Uid:.*", "Uid:\t0\t0\t0\t0");
        limitProcesses(1);

        assertThat(obstacle("")).isNull();
    }

    /** The kernel asks for capabilities in the first user namespace, and for its root. */
    @ParameterizedTest
    @CsvSource({"1000, 000001ffffffffff", "0, 0000000000000000"})
    void theLimitAppliesInAUserNamespace(long uid, String capabilities) throws IOException {
        status("Uid:.*", "Uid:\t" + uid + "\t" + uid + "\t" + uid + "\t" + uid);
        status("CapEff:.*", "CapEff:\t" + capabilities);
        String map = "         0       1000          1\n";
        write(process.resolve("uid_map"), map);
        write(root.resolve("proc/self/uid_map"), map);
        limitProcesses(1);

        assertThat(obstacle("").reason()).contains("its user may have 1 threads and has 20", "would end");
    }

    /** Other containers may hold threads of the same user. */
    @Test
    void inAPidNamespaceTheThreadsOfTheUserCannotBeCounted() throws IOException {
        status("Uid:.*", "Uid:\t1000\t1000\t1000\t1000");
        status("CapEff:.*", "CapEff:\t0000000000000000");
        write(root.resolve("proc/1/comm"), "java\n");
        limitProcesses(64);
        assertThat(obstacle("").reason()).as("/proc/loadavg is hidden").contains("cannot be seen");

        write(root.resolve("proc/loadavg"), "0.20 0.18 0.12 1/61 11206\n");
        assertThat(obstacle("").reason()).contains("its user may have 64 threads", "cannot be seen", "would end");
        assertThat(obstacle("").remedy()).contains("on the host");

        write(root.resolve("proc/loadavg"), "0.20 0.18 0.12 1/60 11206\n");
        assertThat(obstacle("")).as("the whole host has fewer").isNull();

        write(root.resolve("proc/loadavg"), "0.20 0.18 0.12 1/61 11206\n");
        write(root.resolve("proc/2/comm"), "kthreadd\n");
        assertThat(obstacle("")).as("on the host").isNull();
    }

    private Attachability.Obstacle obstacle(String options) throws IOException {
        ProcFs proc = new ProcFs(root.resolve("proc").toFile(), root.toFile());
        List<String> flags = options.isEmpty() ? List.of() : List.of(options.split(" ", -1));
        return new Attachability(proc)
                .obstacle(new Jvm(PID, 0, new JavaCommand("java", new JvmFlags(flags)), false, 0));
    }

    private void status(String line, String replacement) throws IOException {
        String text = Files.readString(process.resolve("status"));
        String changed = text.replaceFirst("(?m)^" + line, replacement);
        write(process.resolve("status"), changed);
    }

    private void limitFiles(int limit) throws IOException {
        String line = String.format("Max open files            %-21d%-21dfiles     ", limit, limit);
        write(process.resolve("limits"), Files.readString(LIMITS).replaceFirst("(?m)^Max open files.*$", line));
    }

    private void limitProcesses(int limit) throws IOException {
        String text = Files.readString(LIMITS);
        String line = String.format("Max processes             %-21d%-21dprocesses ", limit, limit);
        write(process.resolve("limits"), text.replaceFirst("(?m)^Max processes.*$", line));
    }

    private Path cgroup(String name) {
        return root.resolve("sys/fs/cgroup").resolve(name);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
