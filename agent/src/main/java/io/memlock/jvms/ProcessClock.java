// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Tells what time it is in another process. In a time namespace CLOCK_MONOTONIC, which is {@link System#nanoTime}, differs
 * from that of the host by an offset. time_namespaces(7)
 */
final class ProcessClock {

    /** The time in a process whose clock is another than ours, and that cannot be read. */
    static final long UNKNOWN = Long.MIN_VALUE;

    private static final String CLOCK = "monotonic";

    private ProcessClock() {}

    /** Returns what {@link System#nanoTime} returns in a process; {@link #UNKNOWN} if that cannot be told. */
    static long nanoTime(ProcDirectory proc, long pid) {
        if (proc.sharesNamespace(pid, "time")) {
            return System.nanoTime();
        }
        Path process = proc.of(pid);
        try {
            return System.nanoTime() + offsetNanos(process) - offsetNanos(process.resolveSibling("self"));
        } catch (IOException | NumberFormatException e) {
            return UNKNOWN;
        }
    }

    /** Reads the offset from the host's clock. The file is about the children of a process, which may have another. */
    private static long offsetNanos(Path process) throws IOException {
        Path namespaces = process.resolve("ns");
        if (!Files.readSymbolicLink(namespaces.resolve("time"))
                .equals(Files.readSymbolicLink(namespaces.resolve("time_for_children")))) {
            throw new IOException(process + ": its children are in another time namespace");
        }
        for (String line : Files.readAllLines(process.resolve("timens_offsets"))) {
            String[] words = line.trim().split(" +", -1);
            if (words.length == 3 && words[0].equals(CLOCK)) {
                return TimeUnit.SECONDS.toNanos(Long.parseLong(words[1])) + Long.parseLong(words[2]);
            }
        }
        throw new IOException(process + ": no offset of its clock");
    }
}
