// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.fake.ClosedJdk;
import io.memlock.fake.FakeKernel;
import io.memlock.log.Log;
import io.memlock.log.LogLevel;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MapTrackingTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final ClosedJdk jdk = new ClosedJdk();
    private final UnwantedLocks allFiles = new UnwantedLocks() {
        @Override
        public boolean isBornUnwanted(Region region) {
            return true;
        }

        @Override
        public List<PathGlob> chosenFiles() {
            return List.of();
        }
    };
    private final MapTracking tracking = new MapTracking(
            jdk.instrumentation(), allFiles, new FakeKernel(), false, new Log(System.err, LogLevel.QUIET));

    @Test
    void triesAgainWhereMemoryWasLacking() {
        jdk.failure = new OutOfMemoryError("thrown by the test");
        tracking.look(0);
        tracking.look(SECOND / 2);
        assertThat(jdk.asked()).hasSize(1);

        tracking.look(SECOND);
        assertThat(jdk.asked()).hasSize(2);
    }

    @Test
    void triesOnceWhereTheJdkIsUnknown() {
        jdk.failure = new LinkageError("thrown by the test");
        tracking.look(0);
        tracking.look(SECOND);

        assertThat(jdk.asked()).hasSize(1);
    }
}
