// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.os.Linux;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OnFaultProbeTest {

    private static final long HEAP = 0x7_0000_0000L;
    private static final long HEAP_BYTES = 64 << 20;
    private static final long BUFFER = 0x7f00_0000_0000L;
    private static final long BUFFER_BYTES = 8 << 20;

    private final FakeKernel kernel = new FakeKernel();
    private final LockProbe lockProbe = new LockProbe(kernel, FakeKernel.PAGE);
    private final HeldPages held = new HeldPages(kernel, lockProbe, FakeKernel.PAGE, this::maps);
    private final OnFaultProbe probe = new OnFaultProbe(kernel, lockProbe, held, FakeKernel.PAGE, this::maps);

    @BeforeEach
    void lockEverythingOnFault() {
        kernel.commit(Region.HEAP, HEAP, HEAP_BYTES);
        kernel.commit(Region.NATIVE, BUFFER, BUFFER_BYTES);
        kernel.mapFile(0x7f10_0000_0000L, FakeKernel.PAGE, "/lib/libx.so");
        kernel.mlockall(Linux.MCL_CURRENT | Linux.MCL_FUTURE | Linux.MCL_ONFAULT);
    }

    @Test
    void findsNothingWhereAllIsLockedOnFaultAndChangesNothing() throws IOException {
        List<Mapping> before = maps();
        List<Mapping> found = new ArrayList<>();

        assertThat(findApplications(found)).isTrue();
        assertThat(found).isEmpty();
        assertThat(maps()).isEqualTo(before);
        assertThat(kernel.lockedWithoutOnFault()).isEmpty();
    }

    @Test
    void findsWhatTheApplicationLockedAndLeavesItAsItWas() throws IOException {
        kernel.mlock(BUFFER, BUFFER_BYTES);
        kernel.mlock(HEAP + (1 << 20), 1 << 20);
        List<Mapping> before = maps();
        List<Mapping> applications = kernel.lockedWithoutOnFault();
        List<Mapping> found = new ArrayList<>();

        assertThat(findApplications(found)).isTrue();
        assertThat(found).hasSize(2).isEqualTo(applications);
        assertThat(maps()).isEqualTo(before);
        assertThat(kernel.lockedWithoutOnFault()).isEqualTo(applications);
    }

    @Test
    void locksNothingThatWasNot() throws IOException {
        kernel.munlock(BUFFER, BUFFER_BYTES);

        assertThat(findApplications(new ArrayList<>())).isTrue();
        assertThat(kernel.isLocked(BUFFER)).isFalse();
    }

    @Test
    void doesNotLockAgainWhatIsUnlockedMeanwhile() throws IOException {
        kernel.mlock(BUFFER, BUFFER_BYTES);
        kernel.afterLock.put(BUFFER, () -> kernel.munlock(BUFFER, BUFFER_BYTES));

        findApplications(new ArrayList<>());

        assertThat(kernel.isLocked(BUFFER)).isFalse();
    }

    @Test
    void takesWhatTheJvmSplitMeanwhileForNobodysLock() throws IOException {
        kernel.afterLock.put(
                BUFFER, () -> kernel.reserve(Region.NATIVE, BUFFER + FakeKernel.PAGE, BUFFER_BYTES - FakeKernel.PAGE));
        kernel.afterLock.put(HEAP, () -> kernel.reserve(Region.HEAP, HEAP, FakeKernel.PAGE)); // a guard page
        List<Mapping> found = new ArrayList<>();

        findApplications(found);

        assertThat(found)
                .as("only the single page that is left of the buffer")
                .allMatch(mapping -> mapping.start() == BUFFER && mapping.length() == FakeKernel.PAGE);
        assertThat(kernel.lockedWithoutOnFault()).isEmpty();
    }

    @Test
    void triesAgainWhenMemoryChangesMeanwhile() throws IOException {
        kernel.afterLock.put(HEAP, () -> kernel.reserve(Region.HEAP, HEAP, FakeKernel.PAGE));

        assertThat(findApplications(new ArrayList<>())).isTrue();
    }

    @Test
    void leavesASinglePageToTheApplicationThatLockedIt() throws IOException {
        long key = BUFFER + (1L << 30);
        kernel.commit(Region.OTHER, key, FakeKernel.PAGE);
        kernel.mlock(key, FakeKernel.PAGE);
        List<Mapping> before = maps();
        List<Mapping> found = new ArrayList<>();

        assertThat(findApplications(found)).isTrue();
        assertThat(found).extracting(Mapping::start).containsExactly(key);
        assertThat(maps()).isEqualTo(before);
        assertThat(kernel.lockedWithoutOnFault()).extracting(Mapping::start).containsExactly(key);
    }

    @Test
    void leavesASinglePageToTheApplicationWithoutRoomBesideIt() throws IOException {
        long key = BUFFER + (1L << 30);
        kernel.reserve(Region.NATIVE, key - FakeKernel.PAGE, FakeKernel.PAGE);
        kernel.commit(Region.NATIVE, key, FakeKernel.PAGE);
        kernel.reserve(Region.NATIVE, key + FakeKernel.PAGE, FakeKernel.PAGE);
        List<Mapping> found = new ArrayList<>();
        kernel.mlock(BUFFER, BUFFER_BYTES);

        assertThat(findApplications(found)).isTrue();
        assertThat(found).extracting(Mapping::start).containsExactly(BUFFER, key);
    }

    @Test
    void isNotSureOfManySinglePages() throws IOException {
        for (int page = 1; page < 200; page += 2) {
            kernel.commit(Region.NATIVE, BUFFER + (1L << 30) + page * FakeKernel.PAGE, FakeKernel.PAGE);
        }
        List<Mapping> found = new ArrayList<>();

        assertThat(findApplications(found)).isFalse();
        assertThat(found).as("smaps will tell of all").isEmpty();
    }

    @Test
    void takesASinglePageBehindALibrarysDataForTheLibrarys() throws IOException {
        kernel.commit(Region.LIBS, 0x7f10_0000_0000L + FakeKernel.PAGE, FakeKernel.PAGE);

        assertThat(findApplications(new ArrayList<>())).isTrue();
    }

    @Test
    void takesASinglePageBeforeCodeOfAnUnlinkedFileForThatCodes() throws IOException {
        long closures = BUFFER + (1L << 30);
        kernel.reserve(Region.NATIVE, closures - FakeKernel.PAGE, FakeKernel.PAGE);
        kernel.commit(Region.NATIVE, closures, FakeKernel.PAGE);
        kernel.mapCode(closures + FakeKernel.PAGE, FakeKernel.PAGE, "/tmp/ffiSPfBo (deleted)");
        List<Mapping> found = new ArrayList<>();

        assertThat(findApplications(found)).isTrue();
        assertThat(found).isEmpty();
    }

    /** Before Linux 5.18, of what is reserved. */
    @Test
    void isNotMisledByKernelsThatFailAfterTheyHaveLocked() throws IOException {
        long applications = BUFFER + (1L << 30);
        kernel.failsOnProtNone = true;
        kernel.reserve(Region.HEAP, HEAP + HEAP_BYTES, HEAP_BYTES);
        kernel.reserve(Region.NATIVE, applications, BUFFER_BYTES);
        kernel.mlock(applications, BUFFER_BYTES);
        List<Mapping> before = maps();
        List<Mapping> found = new ArrayList<>();

        assertThat(findApplications(found)).isTrue();
        assertThat(found).extracting(Mapping::start).containsExactly(applications);
        assertThat(maps()).isEqualTo(before);
        assertThat(kernel.lockedWithoutOnFault()).extracting(Mapping::start).containsExactly(applications);
    }

    @Test
    void isNotSureOfAMappingThatTheKernelDoesNotSplit() throws IOException {
        kernel.mlock(BUFFER, BUFFER_BYTES);
        kernel.maxMapCount = maps().size();

        assertThat(findApplications(new ArrayList<>())).isFalse();
    }

    @Test
    void isNotSureWhereTheCallFails() throws IOException {
        kernel.hasOnFault = false;

        assertThat(findApplications(new ArrayList<>())).isFalse();
    }

    private boolean findApplications(List<Mapping> found) throws IOException {
        Map<Mapping, Boolean> locked = probe.find(mapping -> true);
        if (locked == null) {
            return false;
        }
        locked.forEach((mapping, isOnFault) -> {
            if (!isOnFault) {
                found.add(mapping);
            }
        });
        return true;
    }

    private List<Mapping> maps() {
        kernel.refresh();
        return kernel.segments().stream().map(Segment::mapping).toList();
    }
}
