// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.FakeKernel;
import io.memlock.fake.FakeProcess;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import io.memlock.state.LockState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are chosen by name are locked, and no others. The rows are those of docs/mapped-files.md. */
class ChosenFilesTest {

    private static final long MIB = 1 << 20;
    private static final long HEAP = 0x1000_0000L;
    private static final long HOT = 0x4000_0000L;
    private static final long COLD = 0x5000_0000L;
    private static final long SHARED = 0x6000_0000L;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeProcess process = new FakeProcess(kernel);
    private final MemoryLock lock = process.newLock();

    @BeforeEach
    void startJvm() {
        kernel.commit(Region.HEAP, HEAP, MIB);
    }

    private void mapFiles() {
        kernel.mapFile(HOT, MIB, "/data/hot/a");
        kernel.mapFile(COLD, MIB, "/data/cold/a");
        kernel.commit(Region.SHM, SHARED, MIB);
    }

    private String locked() {
        List<String> names = new ArrayList<>();
        names.add(kernel.isLocked(HEAP) ? "heap" : "-");
        names.add(kernel.isLocked(SHARED) ? "shm" : "-");
        names.add(kernel.isLocked(HOT) ? "hot" : "-");
        names.add(kernel.isLocked(COLD) ? "cold" : "-");
        return String.join(" ", names);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mode=all                                             | heap shm -   -",
                "mode=all,exclude=nothing                             | heap shm hot cold",
                "mapped=/data/hot/**                                  | heap shm hot -",
                "mode=all,exclude=nothing,mapped=/data/hot/**         | heap shm hot -",
                "exclude=mapped+heap,mapped=/data/hot/**              | -    shm hot -",
                "exclude=shm,mapped=/data/hot/**                      | heap -   hot -",
                "mode=heap,mapped=/data/hot/**                        | heap -   hot -",
                "mode=heap+mapped,mapped=/data/hot/**                 | heap -   hot -",
                "mode=mapped,mapped=/data/hot/**                      | -    -   hot -",
                "mode=mapped,mapped=/data/{hot,cold}/**               | -    -   hot cold",
                "mode=heap,mapped=/none                               | heap -   -   -",
                "mapped=/data/hot/**,strategy=rescan                  | heap shm hot -",
                "mapped=/data/hot/**,strategy=future                  | heap shm hot -",
                "exclude=mapped+shm,mapped=/data/hot/**,strategy=future | heap - hot -"
            })
    void thoseFilesAreLockedThatTheOptionsComeTo(String options, String expected) throws Exception {
        lock.start(OptionParser.parse(options));
        mapFiles();
        lock.reconcile();
        lock.reconcile();

        assertThat(locked()).isEqualTo(expected.replaceAll(" +", " "));
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mapped=/data/hot/**,prefault=mapped",
                "mode=mapped,mapped=/data/hot/**,prefault=mapped",
            })
    void ofMappedOnlyTheChosenFilesArePrefaulted(String options) throws Exception {
        mapFiles();
        kernel.refresh();
        lock.start(OptionParser.parse(options));

        long hot = kernel.segments().stream()
                .filter(segment -> process.options.get().selection().contains(segment))
                .count();
        assertThat(process.asked).containsExactly("briskly [MAPPED] " + hot);
    }

    @Test
    void aChangeOfTheFilesUnlocksSomeAndLocksOthers() throws Exception {
        mapFiles();
        lock.change(OptionParser.parse("mapped=/data/hot/**"));
        assertThat(locked()).isEqualTo("heap shm hot -");

        lock.change(OptionParser.parse("mapped=/data/cold/**"));
        lock.reconcile();
        assertThat(locked()).isEqualTo("heap shm - cold");

        lock.change(OptionParser.parse("mode=all"));
        lock.reconcile();
        assertThat(locked()).isEqualTo("heap shm - -");

        lock.unlock();
        assertThat(locked()).isEqualTo("- - - -");
    }

    /** Out of the page tables, and not locked until it is touched again, it could be dropped meanwhile. */
    @Test
    void whatIsWantedFromNowOnStaysInThePageTablesAsMclFutureEnds() throws Exception {
        lock.start(OptionParser.parse("mode=all"));
        mapFiles();
        lock.reconcile();

        lock.change(OptionParser.parse("mode=mapped,mapped=/data/hot/**"));

        assertThat(locked()).isEqualTo("- - hot -");
        assertThat(kernel.isReleased(HOT)).isFalse();
        assertThat(kernel.isReleased(COLD)).isTrue();
    }

    /** A file that is renamed into the place, or out of it, belongs where it lies. */
    @Test
    void theKeeperFindsWhatTheMomentOfMappingMissed() throws Exception {
        lock.start(OptionParser.parse("mapped=/data/hot/**"));
        mapFiles();
        kernel.munlock(HOT, MIB);

        lock.reconcile();

        assertThat(locked()).isEqualTo("heap shm hot -");
    }

    @Test
    void underALimitAllOfTheChosenFilesFitOrNone() throws Exception {
        kernel.privileged = false;
        kernel.softLimit = 3 * MIB + 512 * 1024;
        kernel.hardLimit = kernel.softLimit;
        lock.start(OptionParser.parse("mode=heap,mapped=/data/hot/**"));
        kernel.mapFile(HOT, MIB, "/data/hot/a");
        lock.reconcile();
        assertThat(lock.status().state()).isEqualTo(LockState.LOCKED);

        kernel.mapFile(COLD, 2 * MIB, "/data/hot/b");
        lock.reconcileAfterChange();
        assertThat(lock.status().state()).isEqualTo(LockState.PARTIAL);
        assertThat(lock.status().lastFailure().text("")).contains("mapped 2.0 MiB");
    }

    @Test
    void theSelectionIsToldAsItWouldBeAskedFor() throws Exception {
        lock.start(OptionParser.parse("mapped=/data/hot/**"));

        assertThat(lock.status().describe()).isEqualTo("mode=all,exclude=mapped,mapped=/data/hot/**, on-fault, future");
    }
}
