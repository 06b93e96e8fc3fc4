// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.applications;

import static io.memlock.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.SwapFile;
import java.nio.file.Path;

/**
 * Data in files that an application maps, larger than its container. The application has the commands {@code write MEGABYTES},
 * {@code open}, {@code all} and {@code random N}.
 */
final class LargeStore {

    static final long MIB = 1 << 20;

    /**
     * Smaller than the data, and larger than all that is ever locked: 64 MiB of heap, and with RocksDB some 90 beside it.
     * New mappings are born unlocked there.
     */
    private static final long SMALL_BYTES = 180 * MIB;

    /** With so much room new mappings are born locked. */
    private static final long ROOMY_BYTES = 1536 * MIB;

    private static final int DATA_MIB = 240;
    private static final int SWAP_MIB = 64;

    private final Class<?> main;
    private final Path[] classPath;

    LargeStore(Class<?> main, Path... classPath) {
        this.main = main;
        this.classPath = classPath;
    }

    /** Reads all of it, then here and there, in a container that is small from the start. */
    void assertIsReadInASmallContainer(Jdk jdk) {
        try (SwapFile swap = SwapFile.add(SWAP_MIB);
                DataDirectory data = DataDirectory.create("store");
                MemoryCgroup container = MemoryCgroup.withLimit(SMALL_BYTES);
                ForkedJvm jvm = app(jdk, "", data, container).start()) {
            write(jvm, DATA_MIB);
            assertIsRead(jvm, DATA_MIB);
            data.assertOnlyDataIsUnlocked(jvm, swap);
            DataDirectory.assertSaysNothingUntrue(jvm);
        }
    }

    /** Reads all of it in a container in which mappings are born locked, and again when the container becomes small. */
    void assertIsReadWhereMappingsAreBornLocked(Jdk jdk) {
        try (SwapFile swap = SwapFile.add(SWAP_MIB);
                DataDirectory data = DataDirectory.create("store");
                MemoryCgroup container = MemoryCgroup.withLimit(ROOMY_BYTES);
                ForkedJvm jvm = app(jdk, "", data, container).start()) {
            write(jvm, DATA_MIB);
            assertThat(jvm.stderr()).contains("on-fault, future");
            assertIsRead(jvm, DATA_MIB);
            data.assertOnlyDataIsUnlocked(jvm, swap);
            DataDirectory.assertSaysNothingUntrue(jvm);

            eventually(() -> container.setLimitBytes(SMALL_BYTES));
            assertIsRead(jvm, DATA_MIB);
            data.assertOnlyDataIsUnlocked(jvm, swap);
            DataDirectory.assertBlamesNobody(jvm);
        }
    }

    /** Waits until application and agent run, then writes and opens it. */
    static void write(ForkedJvm jvm, int megabytes) {
        jvm.awaitLine("ready");
        jvm.awaitErrorLine("[memlock] locked");
        jvm.ask("write " + megabytes);
        jvm.ask("open");
    }

    private static void assertIsRead(ForkedJvm jvm, int megabytes) {
        assertThat(jvm.ask("all")).isEqualTo(Long.toString(megabytes * MIB));
        jvm.ask("random 300");
    }

    /** The application, not yet started. */
    ForkedJvm.Builder app(Jdk jdk, String options, DataDirectory data, MemoryCgroup container) {
        return ForkedJvm.on(jdk)
                .agent(options)
                .flags("-Xmx64m", "-Dorg.sqlite.tmpdir=" + data.libraries())
                .environment("ROCKSDB_SHAREDLIB_DIR", data.libraries().toString())
                .wrapper(container.wrapper())
                .classPath(classPath)
                .withNativeAccess()
                .main(main, data.path().toString());
    }
}
