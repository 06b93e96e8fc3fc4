// SPDX-License-Identifier: Apache-2.0
package io.memlock.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import io.memlock.it.apps.LibCApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Smaps;
import io.memlock.it.harness.Wrappers;
import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The calls behind every lock, one by one, in a JVM of their own. What each did is read in that JVM's smaps, from
 * outside.
 */
class SystemCallsIT {

    private static final int PAGES = 16;

    private ForkedJvm jvm;
    private long pageSize;

    @AfterEach
    void endJvm() {
        if (jvm != null) {
            jvm.close();
        }
    }

    @EachJdk
    void mlockLocksAndPopulates(Jdk jdk) {
        start(jdk);
        long address = map(PAGES);

        assertThat(call("mlock", address, bytes(PAGES))).isEqualTo("0");

        assertLockedAndPopulated(address);
    }

    @EachJdk
    void mlock2WithoutFlagsLocksAndPopulates(Jdk jdk) {
        start(jdk);
        long address = map(PAGES);

        assertThat(mlock2(address, bytes(PAGES), 0)).isEqualTo("0");

        assertLockedAndPopulated(address);
    }

    @EachJdk
    void mlock2OnFaultLocksWhatIsTouchedWhenItIsTouched(Jdk jdk) {
        start(jdk);
        long address = map(PAGES);
        touch(address, 2);

        assertThat(mlock2(address, bytes(PAGES), Linux.MLOCK_ONFAULT)).isEqualTo("0");

        Smaps before = mapped(address, PAGES);
        assertThat(before.mappings()).allMatch(Smaps.Entry::isLocked).allMatch(Smaps.Entry::isLockedOnFault);
        assertThat(before.residentBytes()).as("resident%s", before).isEqualTo(bytes(2));
        assertThat(before.lockedBytes()).as("locked%s", before).isEqualTo(bytes(2));

        touch(address + bytes(10), 3);

        Smaps after = mapped(address, PAGES);
        assertThat(after.lockedBytes()).as("locked%s", after).isEqualTo(bytes(5));
        assertThat(after.residentBytes()).as("resident%s", after).isEqualTo(bytes(5));
    }

    @EachJdk
    void munlockUnlocksAndKeepsPagesInMemory(Jdk jdk) {
        start(jdk);
        long address = map(PAGES);
        call("mlock", address, bytes(PAGES));

        assertThat(call("munlock", address, bytes(PAGES))).isEqualTo("0");

        Smaps after = mapped(address, PAGES);
        assertThat(after.mappings()).noneMatch(Smaps.Entry::isLocked).noneMatch(Smaps.Entry::isLockedOnFault);
        assertThat(after.lockedBytes()).isZero();
        assertThat(after.residentBytes()).as("resident%s", after).isEqualTo(bytes(PAGES));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlock", "mlock2 0", "mlock2 1"})
    void unalignedRangeLocksExactlyThePagesItTouches(String locking) {
        start(Jdk.current());
        long address = map(PAGES);
        // From inside page 3 to just inside page 6: pages 3, 4, 5 and 6.
        long from = address + bytes(3) + 100;
        long length = bytes(3) - 99;

        assertThat(unaligned(locking, from, length)).isEqualTo("0");

        assertRangesLocked(locking, from, length, address, Smaps.range(address + bytes(3), address + bytes(7)));
    }

    @Test
    void unalignedRangeThatEndsOnAPageBoundaryDoesNotReachBeyond() {
        start(Jdk.current());
        long address = map(PAGES);
        long from = address + bytes(4) + 1;
        long length = bytes(2) - 1;

        call("mlock", from, length);

        assertRangesLocked("mlock", from, length, address, Smaps.range(address + bytes(4), address + bytes(6)));
    }

    @Test
    void unalignedRangeUnlocksExactlyThePagesItTouches() {
        start(Jdk.current());
        long address = map(PAGES);
        call("mlock", address, bytes(PAGES));
        long from = address + bytes(5) + 4000;
        long length = 200; // over the border of two pages

        call("munlock", from, length);

        assertRangesLocked(
                "munlock",
                from,
                length,
                address,
                Smaps.range(address, address + bytes(5)),
                Smaps.range(address + bytes(7), address + bytes(PAGES)));
    }

    /** What a combination of mlockall's flags must do. */
    enum Mlockall {
        CURRENT(Linux.MCL_CURRENT),
        FUTURE(Linux.MCL_FUTURE),
        CURRENT_FUTURE(Linux.MCL_CURRENT | Linux.MCL_FUTURE),
        CURRENT_ONFAULT(Linux.MCL_CURRENT | Linux.MCL_ONFAULT),
        FUTURE_ONFAULT(Linux.MCL_FUTURE | Linux.MCL_ONFAULT),
        CURRENT_FUTURE_ONFAULT(Linux.MCL_CURRENT | Linux.MCL_FUTURE | Linux.MCL_ONFAULT);

        final int flags;

        Mlockall(int flags) {
            this.flags = flags;
        }

        boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    static List<Arguments> everyMlockallOnEveryJdk() {
        return Jdk.all().stream()
                .flatMap(jdk -> Arrays.stream(Mlockall.values()).map(flags -> Arguments.of(flags, jdk)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("everyMlockallOnEveryJdk")
    void mlockallLocksWhatItsFlagsName(Mlockall flags, Jdk jdk) {
        Machine.requireUnlimitedLocking();
        start(jdk);
        long current = map(PAGES);
        touch(current, 2);

        assertThat(jvm.ask("mlockall " + flags.flags)).isEqualTo("0");
        long future = map(PAGES);
        Smaps asBorn = mapped(future, PAGES);
        touch(future, 3);

        assertLocked("mapped before", mapped(current, PAGES), flags, flags.has(Linux.MCL_CURRENT), 2);
        boolean futureLocked = flags.has(Linux.MCL_FUTURE);
        assertLocked("mapped after, untouched", asBorn, flags, futureLocked, 0);
        assertLocked("mapped after, touched", mapped(future, PAGES), flags, futureLocked, 3);
    }

    private void assertLocked(String what, Smaps range, Mlockall flags, boolean locked, int touchedPages) {
        boolean populated = locked && !flags.has(Linux.MCL_ONFAULT);
        long resident = bytes(populated ? PAGES : touchedPages);
        assertThat(range.mappings()).as(what).allMatch(entry -> entry.isLocked() == locked);
        assertThat(range.mappings())
                .as(what)
                .allMatch(entry -> entry.isLockedOnFault() == (locked && flags.has(Linux.MCL_ONFAULT)));
        assertThat(range.residentBytes()).as("resident, %s%s", what, range).isEqualTo(resident);
        assertThat(range.lockedBytes()).as("locked, %s%s", what, range).isEqualTo(locked ? resident : 0);
    }

    @EachJdk
    void munlockallUnlocksEverythingAndEndsFuture(Jdk jdk) {
        Machine.requireUnlimitedLocking();
        start(jdk);
        jvm.ask("mlockall " + Mlockall.CURRENT_FUTURE_ONFAULT.flags);
        assertThat(Smaps.of(jvm.pid()).residentUnlockedBytes()).isZero();

        assertThat(jvm.ask("munlockall")).isEqualTo("0");

        assertThat(Smaps.of(jvm.pid()).mappings()).noneMatch(Smaps.Entry::isLocked);
        assertThat(mapped(map(PAGES), PAGES).mappings()).noneMatch(Smaps.Entry::isLocked);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, Linux.MCL_ONFAULT, 8, 15})
    void mlockallRefusesFlagsThatMeanNothing(int flags) {
        start(Jdk.current());

        assertThat(jvm.ask("mlockall " + flags)).isEqualTo("-1 " + Errno.EINVAL);
        assertThat(Smaps.of(jvm.pid()).mappings()).noneMatch(Smaps.Entry::isLocked);
    }

    @Test
    void mlock2RefusesFlagsThatMeanNothing() {
        start(Jdk.current());
        long address = map(PAGES);

        assertThat(mlock2(address, bytes(PAGES), 2)).isEqualTo("-1 " + Errno.EINVAL);
        assertThat(mapped(address, PAGES).mappings()).noneMatch(Smaps.Entry::isLocked);
    }

    @EachJdk
    void errnoOutlastsOtherWorkOfTheThread(Jdk jdk) {
        start(jdk);
        long address = map(PAGES);
        call("munmap", address + bytes(4), bytes(1));

        assertThat(call("mlock", address, bytes(PAGES))).isEqualTo("-1 " + Errno.ENOMEM);
        // Reading the next command and printing the last answer made system calls of their own.
        assertThat(jvm.ask("errno")).isEqualTo(Integer.toString(Errno.ENOMEM));
    }

    @EachJdk
    void limitsAnswerWithTheKernelsErrno(Jdk jdk) {
        Machine.requireDroppableIpcLock();
        start(jdk, 64 * 1024);
        long address = map(PAGES * 2);
        assertThat(call("mlock", address, bytes(PAGES * 2)))
                .as("over the limit")
                .isEqualTo("-1 " + Errno.ENOMEM);
        assertThat(call("mlock", address, bytes(1))).as("within the limit").isEqualTo("0");
        jvm.close();

        start(jdk, 0);
        assertThat(call("mlock", map(PAGES), bytes(1))).as("limit 0").isEqualTo("-1 " + Errno.EPERM);
    }

    private void start(Jdk jdk) {
        start(describe(jdk));
    }

    private void start(Jdk jdk, long limitBytes) {
        start(describe(jdk).wrapper(Wrappers.memlockLimit(limitBytes)).wrapper(Wrappers.withoutIpcLock()));
    }

    private static ForkedJvm.Builder describe(Jdk jdk) {
        return ForkedJvm.on(jdk)
                .classPath(AgentJar.testClasses(), AgentJar.codeOf(LibC.class), AgentJar.codeOf(Native.class))
                .flags("-Xmx64m")
                .main(LibCApp.class);
    }

    private void start(ForkedJvm.Builder builder) {
        jvm = builder.start();
        jvm.awaitLine("ready");
        pageSize = Long.parseLong(jvm.ask("pagesize"));
    }

    private long bytes(int pages) {
        return pages * pageSize;
    }

    private long map(int pages) {
        return Long.parseUnsignedLong(jvm.ask("map " + bytes(pages)), 16);
    }

    private void touch(long address, int pages) {
        assertThat(call("touch", address, bytes(pages))).isEqualTo("0");
    }

    private String call(String name, long address, long length) {
        return jvm.ask(name + " " + Long.toHexString(address) + " " + length);
    }

    private String mlock2(long address, long length, int flags) {
        return jvm.ask("mlock2 " + Long.toHexString(address) + " " + length + " " + flags);
    }

    private String unaligned(String locking, long address, long length) {
        String[] words = locking.split(" ", 2);
        return words.length == 1
                ? call(words[0], address, length)
                : mlock2(address, length, Integer.parseInt(words[1]));
    }

    private Smaps mapped(long address, int pages) {
        return Smaps.of(jvm.pid()).within(address, address + bytes(pages));
    }

    private void assertLockedAndPopulated(long address) {
        Smaps after = mapped(address, PAGES);
        assertThat(after.rangesWhere(Smaps.Entry::isLocked))
                .containsExactly(Smaps.range(address, address + bytes(PAGES)));
        assertThat(after.mappings()).noneMatch(Smaps.Entry::isLockedOnFault);
        assertThat(after.residentBytes()).as("resident%s", after).isEqualTo(bytes(PAGES));
        assertThat(after.lockedBytes()).as("locked%s", after).isEqualTo(bytes(PAGES));
    }

    private void assertRangesLocked(String call, long from, long length, long address, String... expected) {
        Smaps after = mapped(address, PAGES);
        List<String> locked = after.rangesWhere(Smaps.Entry::isLocked);
        assertThat(locked)
                .as(
                        "%s(%016x, %d)%nexpected locked %s%nread back locked %s%s",
                        call, from, length, List.of(expected), locked, after)
                .containsExactly(expected);
    }
}
