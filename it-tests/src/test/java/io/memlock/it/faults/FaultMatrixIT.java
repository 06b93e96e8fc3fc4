// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.faults;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Outcome;
import io.memlock.it.harness.ProcStatus;
import io.memlock.it.harness.SideBySide;
import io.memlock.it.harness.Smaps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One row for each way in which locking can fail. In each the application's output and exit status are those of a run
 * without the agent, and what the agent says of itself over JMX is what the kernel says of the process.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultMatrixIT {

    /** What dashboards and alerts go by. */
    private static final Map<String, Integer> CODES =
            Map.of("LOCKED", 0, "PARTIAL", 1, "FAILED", 2, "UNKNOWN", 3, "UNLOCKED", 4);

    private static final int EPERM = 1;
    private static final int ENOSYS = 38;
    private static final int CANNOT_LOCK = 77;
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;
    private static final String LOCKING = "mlock+mlock2+mlockall";
    private static final String EVERY_PLACE =
            "for d in /tmp /var/tmp /dev/shm /run; do mount --bind $d $d; mount -o" + " remount,bind,%s $d; done";

    /** Gone with the mount namespace. */
    private static final String PRIVATE_PLACE = "mount -t tmpfs -o mode=755 tmpfs /mnt; ";

    private static final String EMPTY_FILE = PRIVATE_PLACE + "f=/mnt/empty; : > $f; ";

    /** Shorter than for other tests: a row that does not hold must not hold up the others. */
    private static final Duration ROW_PATIENCE = Duration.ofMinutes(1);

    private final List<String> rows = Collections.synchronizedList(new ArrayList<>());

    @BeforeAll
    void needsRoot() {
        Machine.requireDroppableIpcLock();
        Machine.requireUnlimitedLocking();
        Machine.requireMounts();
    }

    @AfterAll
    @SuppressWarnings("SystemOut")
    void print() {
        long held = rows.stream().filter(row -> row.startsWith("held")).count();
        System.out.println("fault matrix: " + rows.size() + " rows, " + held + " held");
        rows.forEach(row -> System.out.println("  " + row));
    }

    static List<Arguments> rows() {
        List<Arguments> rows = new ArrayList<>();
        for (Jdk jdk : Jdk.all()) {
            faults(jdk).forEach(fault -> rows.add(Arguments.of(fault, jdk)));
        }
        hidden().forEach(fault -> rows.add(Arguments.of(fault, Jdk.newest())));
        return rows;
    }

    /** What is not to be had of /proc and /sys, one after the other, is not known; nothing else follows from it. */
    private static Stream<Fault> hidden() {
        Stream<Fault> own = Stream.of(
                        "smaps_rollup", "pagemap", "mountinfo", "status", "statm", "limits", "stat", "environ")
                .map(name ->
                        Fault.of("no " + name, "LOCKED", "").mounts(EMPTY_FILE + "mount --bind $f /proc/$$/" + name));
        Stream<Fault> global = Stream.of("/proc/meminfo", "/proc/swaps")
                .map(path -> Fault.of("no " + path, "LOCKED", "").mounts(EMPTY_FILE + "mount --bind $f " + path));
        Stream<Fault> directories = Stream.of("/proc/sys/vm", "/sys/fs/cgroup", "/sys/kernel/mm", "/sys")
                .map(path -> Fault.of("no " + path, "LOCKED", "")
                        .mounts(PRIVATE_PLACE + "mkdir /mnt/none; mount --bind /mnt/none " + path));
        // Empty it makes JDK 25 itself crash.
        Fault cgroup = Fault.of("cgroup cannot be read", "LOCKED", "")
                .nobody(EMPTY_FILE + "chmod 000 $f; mount --bind $f /proc/$$/cgroup");
        Fault processesOnly =
                Fault.of("processes only in /proc", "LOCKED", "").mounts("mount -t proc -o subset=pid proc /proc");
        return Stream.of(own, global, directories, Stream.of(cgroup, processesOnly))
                .flatMap(rows -> rows);
    }

    private static List<Fault> faults(Jdk jdk) {
        String hide = EMPTY_FILE + "chmod 000 $f; for n in %s; do mount --bind $f /proc/$$/$n; done";
        return List.of(
                Fault.of("nothing is wrong", "LOCKED", ""),
                Fault.of("limit 0", "FAILED", "").limit(0),
                Fault.of("limit 64 KiB", "FAILED", "mode=heap+code").limit(64 * KIB),
                Fault.of("limit 8 MiB, all", "FAILED", "").limit(8 * MIB),
                Fault.of("limit 8 MiB, code then heap", "PARTIAL", "mode=code+heap")
                        .limit(8 * MIB)
                        .flags("-Xmx96m", "-Xint", "-XX:ReservedCodeCacheSize=4m"),
                Fault.of("limit 8 MiB, code that fits", "LOCKED", "mode=code")
                        .limit(8 * MIB)
                        .flags("-Xmx96m", "-Xint", "-XX:ReservedCodeCacheSize=4m"),
                Fault.of("a whole life, limit 0", "FAILED", "").limit(0).longLife(),
                Fault.of("a whole life, limit 64 KiB", "FAILED", "")
                        .limit(64 * KIB)
                        .longLife(),
                Fault.of("a whole life, limit 8 MiB", "PARTIAL|FAILED|LOCKED", "mode=metaspace+code+heap")
                        .limit(8 * MIB)
                        .longLife(),
                Fault.of("a whole life, limit 8 MiB, code alone", "PARTIAL|FAILED|LOCKED", "mode=code")
                        .limit(8 * MIB)
                        .longLife(),
                Fault.of("a whole life, rescan", "LOCKED", "strategy=rescan").longLife(),
                Fault.of("strategy=future under a limit", "FAILED", "strategy=future")
                        .limit(8 * MIB),
                Fault.of("ZGC with rescan", "LOCKED", "mode=heap,strategy=rescan")
                        .flags("-XX:-UseSerialGC", "-XX:+UseZGC", "-Xms64m", "-Xmx96m"),
                Fault.of("a user namespace, limit 8 MiB", "FAILED", "")
                        .under(List.of("prlimit", "--memlock=" + 8 * MIB + ":" + 8 * MIB, "unshare", "-Ur")),
                Fault.of("seccomp refuses with EPERM", "FAILED", "").seccomp(EPERM, LOCKING),
                Fault.of("seccomp refuses with ENOSYS", "FAILED", "").seccomp(ENOSYS, LOCKING),
                Fault.of("seccomp hides mlock2, as before Linux 4.4", "FAILED", "mode=heap+code")
                        .seccomp(ENOSYS, "mlock2"),
                Fault.of("seccomp refuses mlockall", "LOCKED", "").seccomp(EPERM, "mlockall"),
                Fault.of("the mappings nearly used up", "LOCKED", "").usingUpMappings(),
                Fault.of("processes hidden", "LOCKED", "").nobody("mount -t proc -o hidepid=2 proc /proc"),
                Fault.of("smaps cannot be read", "LOCKED", "").nobody(String.format(hide, "smaps smaps_rollup")),
                Fault.of("maps cannot be read", "UNKNOWN", "").nobody(String.format(hide, "maps smaps")),
                Fault.of("maps cannot be read, under a limit", "FAILED", "mode=heap")
                        .limit(8 * MIB)
                        .mounts(EMPTY_FILE + "for n in maps smaps; do mount --bind $f /proc/$$/$n; done"),
                Fault.of("not dumpable", "LOCKED", "")
                        .nobody(PRIVATE_PLACE + "d=/mnt/jdk; mkdir -p $d/bin; cp " + jdk.java() + " $d/bin/; chmod 711"
                                + " $d/bin/java; ln -s " + jdk.home() + "/lib " + jdk.home()
                                + "/conf $d/; shift;"
                                + " set -- $d/bin/java \"$@\""),
                withoutPlace("file systems read-only", String.format(EVERY_PLACE, "ro")),
                withoutPlace("noexec everywhere", String.format(EVERY_PLACE, "noexec")),
                withoutPlace(
                        "no temporary space",
                        "for d in /var/tmp /dev/shm /run; do mount -t tmpfs -o size=4k,nr_inodes=1 tmpfs $d;"
                                + " done; mount --bind /tmp /tmp; mount -o remount,bind,ro /tmp"));
    }

    /** The native library could otherwise be loaded from the home of the JVM's user. */
    private static Fault withoutPlace(String name, String mounts) {
        return Fault.of(name, Fault.ABSENT, "")
                .mounts("unset XDG_RUNTIME_DIR XDG_CACHE_HOME; " + mounts)
                .flags("-Xms16m", "-Xmx96m", "-Duser.home=/run");
    }

    @SuppressWarnings("SystemOut")
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("rows")
    @SideBySide
    void theApplicationDoesNotNoticeAndTheStateIsTrue(Fault fault, Jdk jdk) throws Exception {
        if (fault.usesUpMappings()) {
            Machine.requireFewMappings();
        }
        String row = fault + ", " + jdk + ", " + fault.options();
        try {
            check(fault, jdk);
            rows.add("held    " + row);
        } catch (Exception | Error e) {
            rows.add("BROKEN  " + row);
            System.out.println("BROKEN " + row + ": " + e.getMessage());
            throw e;
        }
    }

    private static void check(Fault fault, Jdk jdk) throws Exception {
        List<String> life = new ArrayList<>(fault.life());
        life.add("exit");
        // At the same time, which they do not notice: the limits are each process's own.
        CompletableFuture<Outcome> lifeWithout =
                CompletableFuture.supplyAsync(() -> fault.on(jdk).run(life.toArray(String[]::new)));
        int port = JmxClient.freePort();

        Outcome with;
        String state;
        try (ForkedJvm jvm = fault.on(jdk)
                .flags(JmxClient.remoteFlags(port))
                .agent(fault.options())
                .start()) {
            jvm.awaitLine("ready");
            for (String stage : fault.life()) {
                jvm.send(stage);
                jvm.awaitLine("done");
            }
            state = assertStateIsTrue(fault, jvm, port);
            jvm.send("exit");
            with = jvm.awaitExit();
        }

        Outcome without = lifeWithout.join();
        assertThat(with.stdout()).as(with::toString).isEqualTo(without.stdout());
        assertThat(with.exitStatus())
                .as(with::toString)
                .isEqualTo(without.exitStatus())
                .isEqualTo(3);
        assertThat(with.otherErrorLines()).isEqualTo(without.otherErrorLines());
        assertThat(with.stderr()).as("errors nobody foresaw").doesNotContain("it goes on, and tries again");
        if (fault.isForeseeable()) {
            assertDoctorIsRight(fault, jdk, state);
        }
    }

    /** What the doctor says of the place is what the agent then achieved in it. */
    private static void assertDoctorIsRight(Fault fault, Jdk jdk, String state) {
        Outcome doctor = fault.on(jdk, "-jar", AgentJar.path().toString(), "doctor", fault.options())
                .run();
        assertThat(doctor.exitStatus())
                .as("%s, but the agent came to %s", doctor, state)
                .isEqualTo(state.equals("LOCKED") ? 0 : 1);
    }

    private static String assertStateIsTrue(Fault fault, ForkedJvm jvm, int port) throws Exception {
        try (JmxClient jmx = JmxClient.connect(port)) {
            if (fault.states().contains(Fault.ABSENT) && !appears(jmx, jvm)) {
                assertThat(jvm.stderr()).contains("NOT LOCKED");
                assertThat(ProcStatus.of(jvm.pid()).chargedBytes()).isZero();
                return Fault.ABSENT;
            }
            jmx.awaitMemoryLock();
            AtomicReference<String> judged = new AtomicReference<>();
            // The keeper's next pass may be a second away. A late one may make the state of a moment later UNKNOWN.
            eventually(ROW_PATIENCE, () -> {
                String state = (String) jmx.get("State");
                judged.set(state);
                long charged = ProcStatus.of(jvm.pid()).chargedBytes();
                assertThat(fault.states()).as(jvm.stderr()).contains(state);
                switch (state) {
                    case "FAILED", "UNLOCKED" -> assertThat(charged).isZero();
                    case "PARTIAL", "UNKNOWN" -> assertThat(charged).isPositive();
                    default -> assertLocked(fault, jvm);
                }
                assertThat(jmx.get("StateCode")).as(state).isEqualTo(CODES.get(state));
                assertReasonIsTold(jmx, state);
            });
            return judged.get();
        }
    }

    /** A lock that is as it should be may have failed before. */
    private static void assertReasonIsTold(JmxClient jmx, String state) throws Exception {
        Map<String, Object> last = jmx.getTogether("FailureCount", "LastFailure");
        boolean hasFailed = (long) last.get("FailureCount") > 0;
        assertThat(hasFailed || state.equals("LOCKED"))
                .as("%s: %s", state, last)
                .isTrue();
        if (hasFailed) {
            assertThat((String) last.get("LastFailure")).contains("tried:", "kernel:", "meaning:", "to fix:");
        } else {
            assertThat(last).containsEntry("LastFailure", "");
        }
    }

    /** Waits until the MBean is there, or the agent has said why it is not. */
    private static boolean appears(JmxClient jmx, ForkedJvm jvm) throws Exception {
        eventually(() -> assertThat(jmx.hasMemoryLock() || jvm.stderr().contains("NOT LOCKED"))
                .as(jvm::stderr)
                .isTrue());
        return jmx.hasMemoryLock();
    }

    private static void assertLocked(Fault fault, ForkedJvm jvm) {
        Smaps smaps = Smaps.of(jvm.pid());
        List<Smaps.Entry> selected = smaps.mappings().stream()
                .filter(entry -> isSelected(fault, entry))
                .toList();
        assertThat(selected).as("selected%s", smaps).isNotEmpty();
        assertThat(new Smaps(selected).unlocked()).as("unlocked%s", smaps).isEmpty();
        assertThat(smaps.chargedBytes()).isPositive();
    }

    /** Whether a mapping is for certain one that the options select, told by what smaps alone says of it. */
    private static boolean isSelected(Fault fault, Smaps.Entry entry) {
        if (!fault.options().contains("mode=")) {
            return !entry.path().endsWith("/release")
                    && !entry.path().equals("[stack]")
                    && !entry.permissions().startsWith("---");
        }
        boolean isCode = fault.options().contains("code") && entry.permissions().equals("rwxp");
        boolean isZgcsHeap = fault.options().contains("heap") && entry.path().contains("java_heap");
        return isCode || isZgcsHeap;
    }

    /** The least limit that leaves the application its reserve of an eighth and 64 KiB beside what is needed, in pages. */
    private static long leastLimit(long needed) {
        long limit = needed;
        while (limit - (limit / 8 + 64 * KIB) < needed) {
            limit += 4 * KIB;
        }
        return limit;
    }

    @EachJdk
    @SideBySide
    void onePageDecidesWhetherASelectionFits(Jdk jdk) throws Exception {
        String[] small = {"-Xmx96m", "-Xint", "-XX:ReservedCodeCacheSize=4m"};
        Fault roomy = Fault.of("measure", "LOCKED", "mode=code").limit(8 * MIB).flags(small);
        long needed;
        try (ForkedJvm jvm = roomy.on(jdk).agent("mode=code,interval=1h").start()) {
            jvm.awaitLine("ready");
            needed = ProcStatus.of(jvm.pid()).chargedBytes();
        }
        assertThat(needed).isPositive();
        for (boolean fits : new boolean[] {true, false}) {
            long limit = fits ? leastLimit(needed) : leastLimit(needed) - 4 * KIB;
            Outcome outcome = Fault.of("page", "LOCKED", "mode=code")
                    .limit(limit)
                    .flags(small)
                    .on(jdk)
                    .agent("mode=code,on-failure=exit")
                    .run("exit");
            assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(fits ? 3 : CANNOT_LOCK);
            assertThat(outcome.stdout()).isEqualTo(fits ? "ready\n" : "");
            rows.add("held    " + (fits ? "just enough for " : "one page too few for ") + "mode=code, " + jdk);
        }
    }
}
