// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.EachJdk;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.JmxClient;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.Smaps;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the application maps and locks is the application's. */
class ApplicationMemoryIT {

    /** A buffer cannot be longer. */
    private static final long FILE_BYTES = (2L << 30) - 4096;

    private static final long READ_MILLIS = 6000;
    private static final long PAGE_BYTES = 4096;
    private static final long PERIOD_MILLIS = 1000;
    private static final long BUFFER_BYTES = 8 << 20;

    private Path file;

    @BeforeEach
    void makeSparseFile() throws Exception {
        Machine.requireUnlimitedLocking();
        KeeperCpu.require();
        file = Files.createTempFile(Path.of("target"), "sparse", ".data").toAbsolutePath();
        try (RandomAccessFile data = new RandomAccessFile(file.toFile(), "rw")) {
            data.setLength(FILE_BYTES);
        }
    }

    @AfterEach
    void deleteFile() throws Exception {
        Files.deleteIfExists(file);
    }

    @Test
    void ofAFileThatIsReadAtMostAPeriodsWorthIsLocked() {
        try (ForkedJvm jvm = Keeping.growing(Jdk.newest(), "mode=all").start()) {
            Keeping.awaitStart(jvm);
            try (Sampler locked = new Sampler(() -> lockedOfFile(jvm), 50)) {
                long readMillis = Long.parseLong(jvm.ask("readfile " + file + " " + READ_MILLIS));
                long worth = FILE_BYTES * PERIOD_MILLIS / readMillis;
                KeeperCpu keeper = KeeperCpu.of(jvm.pid());
                long millis = Keeping.millisUntil(
                        () -> lockedOfFile(jvm) == 0, () -> keeper.patienceMillis(2 * PERIOD_MILLIS));
                System.out.println("[keeping] 2 GiB read in " + readMillis + " ms: most locked "
                        + (locked.largest() >> 20) + " MiB at " + locked.samples() + " samples, a period's worth is "
                        + (worth >> 20) + " MiB; 0 after " + millis + " ms");
                assertThat(locked.largest()).as("locked at any sample").isLessThan(worth + worth / 2);
                assertThat(millis).as("ms until nothing of the file is locked").isNotNegative();
            }
            Smaps all = Smaps.of(jvm.pid());
            Smaps mapped = all.ofFile(file);
            assertThat(mapped.residentBytes()).as("it was read").isGreaterThan(FILE_BYTES / 16);
            assertThat(mapped.lockedBytes()).isZero();
            Smaps others = new Smaps(all.unlocked());
            assertThat(others.residentUnlockedBytes() - mapped.residentUnlockedBytes())
                    .as("other memory unlocked%s", others)
                    .isZero();
        }
    }

    /** Nothing but swap could take it: no disk has it. */
    @EachJdk
    void aFileInMemoryIsLockedAndOneOnADiskIsNot(Jdk jdk) throws Exception {
        Path inMemory = Files.createTempFile(Path.of("/dev/shm"), "memlock", ".data");
        try (RandomAccessFile data = new RandomAccessFile(inMemory.toFile(), "rw");
                ForkedJvm jvm = Keeping.growing(jdk, "mode=all").start()) {
            Files.write(file, new byte[(int) BUFFER_BYTES]);
            data.write(new byte[(int) BUFFER_BYTES]);
            Keeping.awaitStart(jvm);
            jvm.ask("readfile " + inMemory + " 1");
            jvm.ask("readfile " + file + " 1");

            eventually(() -> assertThat(ofFile(jvm).lockedBytes()).isZero());
            Smaps shared = ofFile(jvm, inMemory);
            assertThat(shared.residentBytes()).isBetween(BUFFER_BYTES - PAGE_BYTES, BUFFER_BYTES);
            assertThat(shared.residentUnlockedBytes()).isZero();
            assertThat(Memlock.run("regions", jvm.pid()).stdout()).containsPattern("shm .* 8\\.0 MiB");
        } finally {
            Files.delete(inMemory);
        }
    }

    private Smaps ofFile(ForkedJvm jvm) {
        return ofFile(jvm, file);
    }

    private static Smaps ofFile(ForkedJvm jvm, Path file) {
        return Smaps.of(jvm.pid()).ofFile(file);
    }

    private long lockedOfFile(ForkedJvm jvm) {
        return ofFile(jvm).lockedBytes();
    }

    /** In a small JVM smaps tells whose lock it is; in a large one reading it would stall. */
    @ParameterizedTest
    @ValueSource(strings = {"-Xmx256m", "-Xmx1g"})
    void whatTheApplicationLocksStaysLocked(String heap) throws Exception {
        try (ForkedJvm jvm = Keeping.app(Jdk.newest(), "mode=heap,strategy=future")
                .flags(heap, heap.replace("mx", "ms"), "-XX:+AlwaysPreTouch")
                .start()) {
            Keeping.awaitStart(jvm);
            String[] buffer = jvm.ask("ownlock " + (BUFFER_BYTES >> 20)).split(" ", -1);
            long start = Long.parseUnsignedLong(buffer[0], 16);

            Keeping.sleep(2 * PERIOD_MILLIS);
            jvm.ask("threads 3"); // a change, which makes the keeper look at everything
            Keeping.sleep(2 * PERIOD_MILLIS);
            assertBufferLocked(jvm, start);

            try (JmxClient client = JmxClient.attach(jvm.pid())) {
                client.awaitMemoryLock();
                assertThat((String) client.invoke("unlock")).contains("UNLOCKED");
            }
            assertBufferLocked(jvm, start);
            Smaps smaps = Smaps.of(jvm.pid());
            assertThat(smaps.chargedBytes())
                    .as("all that is locked now")
                    .isBetween(BUFFER_BYTES, BUFFER_BYTES + 2 * PAGE_BYTES);
            List<Smaps.Entry> locked =
                    smaps.mappings().stream().filter(Smaps.Entry::isLocked).toList();
            assertThat(locked)
                    .filteredOn(mapping -> mapping.length() > PAGE_BYTES)
                    .as("the buffer's mappings, put together again")
                    .hasSize(1);
            assertThat(locked)
                    .filteredOn(mapping -> mapping.length() <= PAGE_BYTES)
                    .as("pages that a large JVM cannot tell from the application's: JNA has one")
                    .hasSizeLessThanOrEqualTo(heap.equals("-Xmx1g") ? 1 : 0);
        }
    }

    private static void assertBufferLocked(ForkedJvm jvm, long start) {
        // mlock takes the page in which the buffer begins, too
        Smaps pages = Smaps.of(jvm.pid()).within(start & -PAGE_BYTES, start + BUFFER_BYTES + PAGE_BYTES);
        assertThat(pages.lockedBytes()).as("locked of the buffer%s", pages).isGreaterThanOrEqualTo(BUFFER_BYTES);
        assertThat(pages.mappings()).as("its own flags").noneMatch(Smaps.Entry::isLockedOnFault);
    }
}
