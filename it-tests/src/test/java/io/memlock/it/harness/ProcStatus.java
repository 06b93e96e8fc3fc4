// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code /proc/PID/status} and {@code stat} of another process. proc(5)
 *
 * @param status values by name, as {@code VmRSS} → {@code 52128 kB}
 * @param stat the fields of {@code stat} after the command's name: index 0 is field 3, the state
 */
public record ProcStatus(Map<String, String> status, List<String> stat) {

    /** Field numbers as in proc(5). */
    private static final int MAJFLT = 12;

    private static final int CMINFLT = 11;
    private static final int UTIME = 14;
    private static final int STIME = 15;

    /** Of stat: USER_HZ, the same on every Linux that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;

    static final int FIRST_FIELD = 3;

    /** Reads those of a process. */
    public static ProcStatus of(long pid) {
        return of(Path.of("/proc/" + pid));
    }

    /** Reads those of this process. */
    public static ProcStatus self() {
        return of(Path.of("/proc/self"));
    }

    private static ProcStatus of(Path directory) {
        try {
            Map<String, String> status = new TreeMap<>();
            for (String line : Files.readAllLines(directory.resolve("status"), StandardCharsets.ISO_8859_1)) {
                int colon = line.indexOf(':');
                status.put(line.substring(0, colon), line.substring(colon + 1).trim());
            }
            String stat = Files.readString(directory.resolve("stat"), StandardCharsets.ISO_8859_1);
            return new ProcStatus(status, statFields(stat));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The fields of {@code stat} from {@link #FIRST_FIELD} on, which is behind the name. */
    static List<String> statFields(String stat) {
        return List.of(stat.substring(stat.lastIndexOf(')') + 2).trim().split(" ", -1));
    }

    /** Bytes in RAM, {@code VmRSS}. */
    public long residentBytes() {
        return bytes("VmRSS");
    }

    /** Bytes in pages of hugetlbfs, which no other number counts, {@code HugetlbPages}. */
    public long hugetlbBytes() {
        return bytes("HugetlbPages");
    }

    /** Bytes in RAM that are no file's, {@code RssAnon}. */
    public long anonymousBytes() {
        return bytes("RssAnon");
    }

    /** Bytes charged against the limit, {@code VmLck}: whole locked mappings, resident or not. */
    public long chargedBytes() {
        return bytes("VmLck");
    }

    /** Bytes swapped out, {@code VmSwap}. */
    public long swappedBytes() {
        return bytes("VmSwap");
    }

    /** Threads alive. */
    public int threads() {
        return Integer.parseInt(status.get("Threads"));
    }

    /** Page faults that had to wait for a disk. */
    public long majorFaults() {
        return field(MAJFLT);
    }

    /** Page faults of its children that ended: 0 if it never had a child. */
    public long minorFaultsOfChildren() {
        return field(CMINFLT);
    }

    /** CPU time of all its threads, to the hundredth. */
    public double cpuSeconds() {
        return (field(UTIME) + field(STIME)) / TICKS_PER_SECOND;
    }

    /** Whether a capability is effective. */
    public boolean hasCapability(int number) {
        return (Long.parseUnsignedLong(status.get("CapEff"), 16) >>> number & 1) != 0;
    }

    private long field(int number) {
        return Long.parseLong(stat.get(number - FIRST_FIELD));
    }

    private long bytes(String name) {
        String value = status.get(name);
        return Long.parseLong(value.substring(0, value.indexOf(' '))) * 1024;
    }
}
