// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** What this machine lets the tests do. */
public final class Machine {

    /** Linux: include/uapi/linux/capability.h. */
    private static final int CAP_SETPCAP = 8;

    private static final int CAP_IPC_LOCK = 14;
    private static final int CAP_SYS_ADMIN = 21;

    private static final long FEW_MAPPINGS = 70_000;

    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    private Machine() {}

    /**
     * Skips the test and says why, where the machine cannot run it. On CI it fails instead: there everything is set up,
     * and a test that did not run proves nothing.
     *
     * @param condition what the machine must be able to do
     * @param need what the test needs, as "needs a second JDK"
     */
    public static void require(boolean condition, String need) {
        if (condition) {
            return;
        }
        if (isCi(System.getenv())) {
            Assertions.fail("not skipped, because CI=true: " + need);
        }
        Assumptions.abort(need);
    }

    static boolean isCi(Map<String, String> environment) {
        return "true".equals(environment.get("CI"));
    }

    /** Requires that a process may lock as much as it wants. */
    public static void requireUnlimitedLocking() {
        require(
                hasIpcLock() || isMemlockUnlimited(),
                "needs CAP_IPC_LOCK or an unlimited RLIMIT_MEMLOCK: run as root, or after ulimit -l unlimited");
    }

    /** Requires that {@link Wrappers#withoutIpcLock} can take the capability away. */
    public static void requireDroppableIpcLock() {
        require(
                !hasIpcLock() || (ProcStatus.self().hasCapability(CAP_SETPCAP) && hasCommand("setpriv")),
                "needs setpriv and CAP_SETPCAP to take CAP_IPC_LOCK away");
        require(hasCommand("prlimit"), "needs prlimit");
    }

    /** Requires that 60,000 mappings are nearly as many as a process may have. */
    public static void requireFewMappings() {
        Path file = Path.of("/proc/sys/vm/max_map_count");
        try {
            require(
                    Long.parseLong(Files.readString(file).strip()) < FEW_MAPPINGS,
                    "needs a limit on mappings near the kernel's default: sysctl vm.max_map_count=65530");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Requires a private mount namespace. */
    public static void requireMounts() {
        require(isAdmin() && hasCommand("unshare"), "needs unshare and root, to mount file systems privately");
    }

    /** Requires the right to add swap space. */
    public static void requireSwap() {
        require(isAdmin() && hasCommand("mkswap"), "needs mkswap, swapon and root, to add swap space");
    }

    /** Requires a JDK of a release or newer, beside the one that runs the tests. */
    public static Jdk requireJdk(int feature) {
        Jdk newest = Jdk.newest();
        require(newest.feature() >= feature, "needs a JDK " + feature + " or newer in /usr/lib/jvm or JAVA_HOME_*");
        return newest;
    }

    /** Requires a JDK of a release. */
    public static Jdk requireJdkOf(int feature) {
        Optional<Jdk> found =
                Jdk.all().stream().filter(jdk -> jdk.feature() == feature).findFirst();
        require(found.isPresent(), "needs a JDK " + feature + " in /usr/lib/jvm or JAVA_HOME_*");
        return found.orElseThrow();
    }

    /** Whether this process, and those it starts, may lock without a limit. */
    public static boolean hasIpcLock() {
        return ProcStatus.self().hasCapability(CAP_IPC_LOCK);
    }

    /** Whether this process may mount, swap and the like. */
    public static boolean isAdmin() {
        return ProcStatus.self().hasCapability(CAP_SYS_ADMIN);
    }

    /** Whether the running kernel is a given version or a later one. */
    public static boolean isKernelAtLeast(int major, int minor) {
        String[] numbers = System.getProperty("os.version").split("[.-]", -1);
        int itsMajor = Integer.parseInt(numbers[0]);
        return itsMajor > major || (itsMajor == major && Integer.parseInt(numbers[1]) >= minor);
    }

    /** RAM there is. */
    public static long memoryBytes() {
        try {
            String total = Files.readAllLines(Path.of("/proc/meminfo")).get(0);
            return Long.parseLong(total.replaceAll("\\D", "")) << 10;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Which memory gets huge pages that nobody reserved: {@code always} all, {@code madvise} some, {@code never} none. */
    public static String transparentHugePages() {
        try {
            return Files.exists(HUGE_PAGES)
                    ? Files.readString(HUGE_PAGES)
                            .replaceAll(".*\\[(.*)\\].*", "$1")
                            .strip()
                    : "never";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Requires that there may be some. */
    public static void requireTransparentHugePages() {
        require(!transparentHugePages().equals("never"), "needs transparent huge pages: echo madvise > " + HUGE_PAGES);
    }

    /** Whether a command is on the path. */
    public static boolean hasCommand(String name) {
        return Commands.run("sh", "-c", "command -v " + name).exitStatus() == 0;
    }

    private static boolean isMemlockUnlimited() {
        try {
            return Files.readString(Path.of("/proc/self/limits"))
                    .lines()
                    .anyMatch(line -> line.matches("Max locked memory\\s+unlimited.*"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
