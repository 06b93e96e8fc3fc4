// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import io.memlock.os.Errno;
import io.memlock.os.Linux;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a mapping that was born locked. */
class UnlockerTest {

    private static final int ON_DISK = 5;
    private static final int IN_MEMORY = 6;
    private static final long BYTES = 100L << 20;

    private final FakeKernel kernel = new FakeKernel();
    private List<PathGlob> chosen = List.of();
    private final Set<Region> unwanted = EnumSet.of(Region.MAPPED);
    private final Unlocker unlocker = unlocker(false);

    @BeforeEach
    void newMappingsAreBornLocked() {
        kernel.filesInMemory.add(IN_MEMORY);
        kernel.mlockall(Linux.MCL_FUTURE | Linux.MCL_ONFAULT);
    }

    private UnwantedLocks unwantedLocks(Predicate<Region> isBornUnwanted) {
        return new UnwantedLocks() {
            @Override
            public boolean isBornUnwanted(Region region) {
                return isBornUnwanted.test(region);
            }

            @Override
            public List<PathGlob> chosenFiles() {
                return chosen;
            }
        };
    }

    private Unlocker unlocker(boolean isFiltered) {
        return new Unlocker(kernel, unwantedLocks(unwanted::contains), isFiltered);
    }

    private long map() {
        return kernel.mmap(0, BYTES, Linux.PROT_READ, Linux.MAP_SHARED, -1, 0);
    }

    private boolean isLockedAfter(long address, int fd) {
        return isLockedAfter(unlocker, address, fd);
    }

    private boolean isLockedAfter(Unlocker unlocker, long address, int fd) {
        unlocker.accept(new long[] {fd, address, BYTES});
        boolean first = kernel.msync(address, FakeKernel.PAGE, Linux.MS_INVALIDATE) != 0;
        boolean last = kernel.msync(address + BYTES - FakeKernel.PAGE, FakeKernel.PAGE, Linux.MS_INVALIDATE) != 0;
        assertThat(last).isEqualTo(first);
        return first;
    }

    @Test
    void aFileIsUnlocked() {
        assertThat(isLockedAfter(map(), ON_DISK)).isFalse();
    }

    @Test
    void sharedMemoryThatIsWantedStaysLocked() {
        assertThat(isLockedAfter(map(), IN_MEMORY)).isTrue();
    }

    @Test
    void sharedMemoryThatIsNotWantedIsUnlocked() {
        unwanted.add(Region.SHM);

        assertThat(isLockedAfter(map(), IN_MEMORY)).isFalse();
        assertThat(isLockedAfter(map(), ON_DISK)).isFalse();
    }

    @Test
    void aFileThatIsWantedStaysLockedThoughSharedMemoryIsNot() {
        unwanted.clear();
        unwanted.add(Region.SHM);

        assertThat(isLockedAfter(map(), ON_DISK)).isTrue();
        assertThat(isLockedAfter(map(), IN_MEMORY)).isFalse();
    }

    @Test
    void allStaysLockedWhereAllIsWanted() {
        unwanted.clear();

        assertThat(isLockedAfter(map(), ON_DISK)).isTrue();
    }

    @Test
    void aFileThatIsChosenByNameStaysLocked() {
        kernel.openFiles.put(ON_DISK, "/data/hot/a (deleted)");
        chosen = List.of(PathGlob.of("/other"), PathGlob.of("/data/hot/*"));

        assertThat(isLockedAfter(map(), ON_DISK)).isTrue();
    }

    @Test
    void aFileThatIsNotChosenIsUnlocked() {
        kernel.openFiles.put(ON_DISK, "/data/cold/a");
        chosen = List.of(PathGlob.of("/data/hot/*"));

        assertThat(isLockedAfter(map(), ON_DISK)).isFalse();
    }

    @Test
    void aFileWithoutANameThatCanBeReadIsUnlocked() {
        chosen = List.of(PathGlob.of("/**"));
        kernel.openFiles.put(ON_DISK, "/" + "a".repeat(4096));
        assertThat(isLockedAfter(map(), ON_DISK)).isFalse();

        kernel.openFiles.put(ON_DISK, "");
        assertThat(isLockedAfter(map(), ON_DISK)).isFalse();
    }

    @Test
    void sharedMemoryStaysLockedWhateverFilesAreChosen() {
        chosen = List.of(PathGlob.of("/data/hot/*"));

        assertThat(isLockedAfter(map(), IN_MEMORY)).isTrue();
    }

    /** A pattern is for files on disks, wherever shared memory has its name. */
    @Test
    void sharedMemoryThatIsNotWantedIsUnlockedWhateverFilesAreChosen() {
        unwanted.add(Region.SHM);
        kernel.openFiles.put(IN_MEMORY, "/tmp/a");
        chosen = List.of(PathGlob.of("/tmp/*"));

        assertThat(isLockedAfter(map(), IN_MEMORY)).isFalse();
    }

    @Test
    void whatTheApplicationsMlockallHasPopulatedStaysLocked() {
        kernel.mlockall(Linux.MCL_FUTURE);

        assertThat(isLockedAfter(map(), ON_DISK)).isTrue();
    }

    @Test
    void whatMayBeTheApplicationsStaysLocked() {
        kernel.filter.put("move_pages", Errno.EPERM);
        kernel.filter.put("open", Errno.EMFILE);

        assertThat(isLockedAfter(map(), ON_DISK)).isTrue();
    }

    @Test
    void aCallTellsWhatIsPopulatedWhereThePagemapIsHidden() {
        kernel.filter.put("open", Errno.EACCES);

        assertThat(isLockedAfter(map(), ON_DISK)).isFalse();
        kernel.mlockall(Linux.MCL_FUTURE);
        assertThat(isLockedAfter(map(), ON_DISK)).isTrue();
    }

    @Test
    void aFilterThatIsSetLaterEndsNothing() {
        unlocker.rehearse();
        kernel.died.clear();
        kernel.deadly.add("move_pages");

        assertThat(isLockedAfter(map(), ON_DISK)).isFalse();
        assertThat(kernel.died).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EMFILE, Errno.ENOENT})
    void aFilterThatIsSetLaterEndsNothingWhereThePagemapCannotBeOpenedJustNow(int errno) {
        unlocker.rehearse();
        kernel.died.clear();
        kernel.deadly.add("move_pages");
        kernel.filter.put("open", errno);

        assertThat(isLockedAfter(map(), ON_DISK)).as("left to the keeper").isTrue();
        assertThat(kernel.died).isEmpty();
    }

    /** The filter may end the process for it. */
    @Test
    void underAFilterTheCallIsNotMadeWhereThePagemapIsHidden() {
        kernel.filter.put("open", Errno.EACCES);
        kernel.deadly.add("move_pages");
        Unlocker filtered = unlocker(true);

        filtered.rehearse();
        assertThat(isLockedAfter(filtered, map(), ON_DISK)).isTrue();
        assertThat(kernel.died).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0})
    void aRefusedUnlockIsLeftToTheKeeper(int errno) {
        long address = map();
        kernel.filter.put("munlock", errno < 0 ? Errno.EPERM : 0);

        assertThat(isLockedAfter(address, ON_DISK)).isTrue();
    }

    @Test
    void anErrorNeverReachesTheApplication() {
        Unlocker failing = new Unlocker(
                kernel,
                unwantedLocks(region -> {
                    throw new StackOverflowError();
                }),
                false);

        failing.accept(new long[] {ON_DISK, map(), BYTES});
    }

    @Test
    void theRehearsalLeavesNothingMapped() {
        long before = kernel.chargedBytes();

        unlocker.rehearse();

        assertThat(kernel.chargedBytes()).isEqualTo(before);
    }
}
