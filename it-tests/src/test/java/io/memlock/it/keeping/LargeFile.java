// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.keeping;

import io.memlock.it.apps.FileReaderApp;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import io.memlock.it.harness.MemoryCgroup;
import io.memlock.it.harness.Outcome;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A file larger than the container of the JVM that maps and reads it. */
public final class LargeFile implements AutoCloseable {

    private static final long MIB = 1 << 20;
    private static final long FILE_BYTES = 1000 * MIB;
    private static final long SPARSE_BYTES = 100L << 30;

    private final Path file;
    private final Path sparse;

    private LargeFile(Path file, Path sparse) {
        this.file = file;
        this.sparse = sparse;
    }

    /**
     * How it is read.
     *
     * @param options of the agent; null for a JVM without it
     * @param limitMib memory of the container
     * @param how as {@link FileReaderApp} takes it
     * @param mibPerSecond 0 for as fast as it can be
     * @param isBesideSparse whether a far larger file is mapped as well
     */
    public record Reading(String options, int limitMib, String how, int mibPerSecond, boolean isBesideSparse) {}

    /** Writes it, where it can be read. */
    public static LargeFile create() throws IOException {
        return create(Path.of("target").toAbsolutePath());
    }

    /** Writes it in a directory, where it can be read. */
    public static LargeFile create(Path directory) throws IOException {
        Machine.requireUnlimitedLocking();
        Machine.require(Machine.isAdmin(), "needs root, to drop the page cache");
        LargeFile files = new LargeFile(newFile(directory, "large"), newFile(directory, "sparse"));
        byte[] some = new byte[(int) MIB];
        new Random(1).nextBytes(some);
        try (RandomAccessFile data = new RandomAccessFile(files.file.toFile(), "rw")) {
            for (long at = 0; at < FILE_BYTES; at += some.length) {
                data.write(some);
            }
            data.getFD().sync();
        }
        try (RandomAccessFile data = new RandomAccessFile(files.sparse.toFile(), "rw")) {
            data.setLength(SPARSE_BYTES);
        }
        return files;
    }

    private static Path newFile(Path directory, String name) throws IOException {
        return Files.createTempFile(directory, name, ".data");
    }

    /**
     * Has new JVMs read it from disk, one after the other.
     *
     * @return what became of those that did not live to read it all
     */
    public List<Outcome> deaths(Jdk jdk, Reading reading, int rounds) throws IOException {
        List<Outcome> deaths = new ArrayList<>();
        try (MemoryCgroup container = MemoryCgroup.withLimit(reading.limitMib() * MIB)) {
            for (int round = 0; round < rounds; round++) {
                Outcome outcome = read(jdk, reading, container);
                if (!isReadWhole(outcome)) {
                    deaths.add(outcome);
                }
            }
        }
        return deaths;
    }

    /** Has a new JVM read it from disk in a container. */
    public Outcome read(Jdk jdk, Reading reading, MemoryCgroup container) throws IOException {
        dropPageCache();
        return reader(jdk, reading).wrapper(container.wrapper()).run();
    }

    /** Whether a JVM lived to read it all. */
    public static boolean isReadWhole(Outcome outcome) {
        return outcome.exitStatus() == 0 && outcome.stdout().contains("read ");
    }

    private ForkedJvm.Builder reader(Jdk jdk, Reading reading) {
        ForkedJvm.Builder plain = ForkedJvm.on(jdk);
        return (reading.options() == null ? plain : plain.agent(reading.options()))
                .flags("-Xmx64m")
                .withJna()
                .main(
                        FileReaderApp.class,
                        file.toString(),
                        reading.how(),
                        Integer.toString(reading.mibPerSecond()),
                        reading.isBesideSparse() ? sparse.toString() : "none");
    }

    private static void dropPageCache() throws IOException {
        Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "1");
    }

    /** Deletes it. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(sparse);
    }
}
