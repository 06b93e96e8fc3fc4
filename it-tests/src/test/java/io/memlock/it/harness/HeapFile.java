// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The file in memory that is ZGC's heap. */
public final class HeapFile {

    private static final String NAME = "/memfd:java_heap (deleted)";
    private static final long BLOCK = 512;

    private HeapFile() {}

    /** Whether a mapping is of it. */
    public static boolean isBehind(Smaps.Entry entry) {
        return entry.path().equals(NAME);
    }

    /**
     * What it takes: all that ZGC has committed, whether it is mapped, was ever touched, or neither. It is in RAM or in swap.
     *
     * @return bytes; 0 if a process has no such file
     */
    public static long allocatedBytes(long pid) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return descriptors
                    .filter(HeapFile::isIt)
                    .findFirst()
                    .map(it -> Commands.succeed("stat", "-L", "-c", "%b", it.toString()))
                    .map(blocks -> Long.parseLong(blocks.strip()) * BLOCK)
                    .orElse(0L);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isIt(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().equals(NAME);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }
}
