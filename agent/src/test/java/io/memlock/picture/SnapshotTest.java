// SPDX-License-Identifier: Apache-2.0
package io.memlock.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.jvms.PublishedLock;
import io.memlock.memory.Region;
import io.memlock.report.RegionUsage;
import io.memlock.state.LockState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the page's verdict goes by is what {@code check} goes by, and the page's own scan where that can be told. */
class SnapshotTest {

    @Test
    void whereItIsNotKnownWhatIsSelectedTheStateThatIsPublishedCounts() {
        PublishedLock unlocked = published(LockState.UNLOCKED, List.of());
        assertThat(Snapshot.judged(unlocked, null)).as("nothing is selected").isEqualTo(unlocked);
        PublishedLock someFiles = published(LockState.LOCKED, List.of(Region.HEAP, Region.MAPPED));
        assertThat(Snapshot.judged(someFiles, null)).isEqualTo(someFiles);
    }

    @Test
    void whereItIsKnownTheScanCounts() {
        RegionUsage scanned = new RegionUsage(null, 1, 1000, 1000, 100, 40, 0);

        PublishedLock judged = Snapshot.judged(published(LockState.LOCKED, List.of(Region.HEAP)), scanned);

        assertThat(judged.state()).isEqualTo(LockState.PARTIAL);
        assertThat(judged.coverage()).isEqualTo(0.4);
    }

    private static PublishedLock published(LockState state, List<Region> regions) {
        return new PublishedLock(state, regions, "?", PublishedLock.NOTHING.scan(), 0, 1);
    }
}
