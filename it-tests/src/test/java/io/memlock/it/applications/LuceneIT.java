// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.applications;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.apps.LuceneApp;
import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.Smaps;
import io.memlock.it.keeping.Keeping;
import org.apache.lucene.index.IndexWriter;

/** Lucene with an index that it maps, and that is larger than its container. What it reads is the kernel's to drop. */
class LuceneIT extends LargeStoreTests {

    private static final int CHOSEN_MIB = 100;
    private static final long CONTAINER_BYTES = 400 * LargeStore.MIB;
    private static final long SMALLER_BYTES = 250 * LargeStore.MIB;

    LuceneIT() {
        super(new LargeStore(LuceneApp.class, AgentJar.testClasses(), AgentJar.codeOf(IndexWriter.class)));
    }

    @EachJdk
    void keepsThePartOfTheIndexThatIsChosen(Jdk jdk) {
        try (DataDirectory data = DataDirectory.create("index");
                MemoryCgroup container = MemoryCgroup.withLimit(CONTAINER_BYTES);
                ForkedJvm jvm = store.app(jdk, "mapped=" + data.path() + "/*.fdt,interval=100ms", data, container)
                        .start()) {
            LargeStore.write(jvm, CHOSEN_MIB);
            jvm.ask("all");
            eventually(() -> assertThat(data.mappedBy(jvm))
                    .anyMatch(Smaps.Entry::isLocked)
                    .allMatch(entry -> entry.isLocked() == entry.path().endsWith(".fdt")));
            long locked = lockedBytes(data, jvm);
            assertThat(locked).isGreaterThan(CHOSEN_MIB * LargeStore.MIB * 9 / 10);

            eventually(() -> container.setLimitBytes(SMALLER_BYTES));
            Keeping.sleep(1000);
            assertThat(lockedBytes(data, jvm)).as("locked under pressure").isEqualTo(locked);
            DataDirectory.assertSaysNothingUntrue(jvm);
        }
    }

    private static long lockedBytes(DataDirectory data, ForkedJvm jvm) {
        return data.mappedBy(jvm).stream().mapToLong(Smaps.Entry::locked).sum();
    }
}
