// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Want of memory in a cgroup. It drops pages of files that were read first by a process in this cgroup. A JVM touches some
 * code for the first time at any moment; read from a disk that is a major fault, and as many as 125 were seen.
 */
public final class Pressure {

    private static final int STEP_MEGABYTES = 10;

    private Pressure() {}

    /**
     * Has a neighbour that runs {@code HeapApp} take memory. In steps: where 250 MiB were wanted at once, swapping out was at
     * times too slow for the kernel, and the OOM killer came.
     */
    public static void take(ForkedJvm neighbour, int megabytes) {
        for (int taken = 0; taken < megabytes; taken += STEP_MEGABYTES) {
            neighbour.ask("direct " + STEP_MEGABYTES);
        }
    }

    /** Brings a file, or all files below a directory, into memory; those that are not there yet, outside the cgroup. */
    public static void readFiles(Path path) {
        try (Stream<Path> files = Files.walk(path)) {
            files.filter(Files::isRegularFile).forEach(Pressure::read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Brings every page of the files that a JVM maps into memory, outside its cgroup, where no neighbour drops them. */
    public static void readFilesOf(ForkedJvm jvm, MemoryCgroup cgroup) {
        dropFiles(cgroup); // or what is charged to it stays so
        Smaps.of(jvm.pid()).mappings().stream()
                .map(Smaps.Entry::path)
                .filter(path -> path.startsWith("/"))
                .map(Path::of)
                .filter(Files::isRegularFile)
                .distinct()
                .forEach(Pressure::read);
    }

    /** One attempt of the kernel leaves some of them there. */
    private static void dropFiles(MemoryCgroup cgroup) {
        long before;
        long after = cgroup.droppableFileBytes();
        do {
            before = after;
            cgroup.reclaim();
            after = cgroup.droppableFileBytes();
        } while (after < before);
    }

    private static void read(Path file) {
        try {
            Files.copy(file, OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
