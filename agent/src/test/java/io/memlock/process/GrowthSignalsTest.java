// SPDX-License-Identifier: Apache-2.0
package io.memlock.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.memlock.fake.ClosedJdk;
import io.memlock.keeper.Growth;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goes by the counters of this JVM, which the build opens to the tests, and by a file in place of the kernel's. */
class GrowthSignalsTest {

    /** Enough for the heap to become as small as it gets, or as large. */
    private static final int COLLECTIONS = 10;

    private static final int MEGABYTE = 1 << 20;

    private final ClosedJdk jdk = new ClosedJdk();
    private Path statm;
    private GrowthSignals signals;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        statm = Files.createDirectories(directory.resolve("self")).resolve("statm");
        mapped(1000);
        signals = new GrowthSignals(jdk.instrumentation(), new ProcFs(directory.toFile(), directory.toFile()));
    }

    private void mapped(int pages) throws IOException {
        Files.writeString(statm, pages + " 500 300 1 0 400 0\n");
    }

    /** The heap may have been uncommitted and committed anew to the same size: no count of bytes shows that. */
    @Test
    void aCollectionMayHaveCommittedMemory() {
        signals.look();
        List<Growth> afterCollections = new ArrayList<>();
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            afterCollections.add(signals.look());
        }
        assertThat(afterCollections).doesNotContain(Growth.NONE).contains(Growth.POSSIBLE);
    }

    @Test
    void aLargerHeapIsCertain() {
        signals.look();
        List<byte[]> live = new ArrayList<>();
        long committed = Runtime.getRuntime().totalMemory();
        assumeThat(committed).isLessThan(Runtime.getRuntime().maxMemory());
        while (Runtime.getRuntime().totalMemory() <= committed) {
            live.add(new byte[MEGABYTE]);
        }
        System.gc();
        assertThat(signals.look()).as("%s MiB live", live.size()).isEqualTo(Growth.CERTAIN);
    }

    @Test
    void withoutCountersTheKernelsCountDecides() throws IOException {
        jdk.failure = new NoClassDefFoundError("thrown by the test");
        assertThat(signals.look()).as("first").isEqualTo(Growth.POSSIBLE);
        assertThat(signals.look()).isEqualTo(Growth.NONE);
        mapped(1001);
        assertThat(signals.look()).isEqualTo(Growth.POSSIBLE);
        assertThat(signals.look()).isEqualTo(Growth.NONE);
    }
}
