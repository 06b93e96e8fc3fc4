// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * {@code /proc/PID/smaps} of another process: the kernel's own word on what is resident and what is locked. proc(5)
 *
 * @param mappings in the order of their addresses
 */
public record Smaps(List<Entry> mappings) {

    private static final long ARENA = 64L << 20;
    private static final long MMAP_AREA = 1L << 44;

    /**
     * One mapping. Sizes in bytes.
     *
     * @param start first address
     * @param end address after the last byte
     * @param permissions as {@code rw-p}
     * @param path a file, {@code [heap]} and the like, or ""
     * @param rss resident; shared pages count in full
     * @param pss resident; of a page mapped n times, the nth part
     * @param locked resident and locked; of a page mapped n times, the nth part
     * @param swap swapped out
     * @param flags the two-letter codes of {@code VmFlags}
     */
    public record Entry(
            long start,
            long end,
            String permissions,
            String path,
            long rss,
            long pss,
            long locked,
            long swap,
            Set<String> flags) {

        /** Mappings the kernel puts into every process and never locks. */
        private static final Set<String> KERNEL = Set.of("[vdso]", "[vvar]", "[vvar_vclock]", "[vsyscall]");

        /** Bytes from start to end. */
        public long length() {
            return end - start;
        }

        /** Whether the mapping is locked. */
        public boolean isLocked() {
            return flags.contains("lo");
        }

        /** Whether its pages are locked when first touched. */
        public boolean isLockedOnFault() {
            return flags.contains("lf");
        }

        /** Whether it is one of the kernel's special mappings. */
        public boolean isKernels() {
            return KERNEL.contains(path);
        }

        @Override
        public String toString() {
            return String.format(
                    "%016x-%016x %s rss %d kB, locked %d kB, swap %d kB, %s%s %s",
                    start,
                    end,
                    permissions,
                    rss / 1024,
                    locked / 1024,
                    swap / 1024,
                    isLocked() ? "lo" : "--",
                    isLockedOnFault() ? " lf" : "",
                    path);
        }
    }

    /**
     * Reads that of a process.
     *
     * @throws AssertionError if it is ending and has no memory left: nothing of it would be found unlocked
     */
    public static Smaps of(long pid) {
        try {
            String text = Files.readString(Path.of("/proc/" + pid + "/smaps"), StandardCharsets.ISO_8859_1);
            if (text.isEmpty()) {
                throw new AssertionError("process " + pid + " has no memory left: it is ending");
            }
            return parse(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Smaps parse(String text) {
        List<Entry> entries = new ArrayList<>();
        String header = null;
        long rss = 0;
        long pss = 0;
        long locked = 0;
        long swap = 0;
        for (String line : text.lines().toList()) {
            String[] words = line.trim().split("\\s+");
            switch (words[0]) {
                case "Rss:" -> rss = kilobytes(words);
                case "Pss:" -> pss = kilobytes(words);
                case "Locked:" -> locked = kilobytes(words);
                case "Swap:" -> swap = kilobytes(words);
                case "VmFlags:" -> entries.add(entry(header, rss, pss, locked, swap, words)); // the last line of each
                default -> {
                    if (!words[0].endsWith(":")) {
                        header = line;
                    }
                }
            }
        }
        return new Smaps(List.copyOf(entries));
    }

    private static Entry entry(String header, long rss, long pss, long locked, long swap, String[] flags) {
        // address perms offset dev inode path; the path may contain blanks
        String[] words = header.split("\\s+", 6);
        String[] range = words[0].split("-", 2);
        return new Entry(
                Long.parseUnsignedLong(range[0], 16),
                Long.parseUnsignedLong(range[1], 16),
                words[1],
                words.length > 5 ? words[5] : "",
                rss,
                pss,
                locked,
                swap,
                Arrays.stream(flags).skip(1).collect(Collectors.toUnmodifiableSet()));
    }

    private static long kilobytes(String[] words) {
        return Long.parseLong(words[1]) * 1024;
    }

    /** Bytes in RAM that may be swapped out: resident in mappings that are not locked, the kernel's own aside. */
    public long residentUnlockedBytes() {
        return unlocked().stream().mapToLong(Entry::rss).sum();
    }

    /** The mappings that make up {@link #residentUnlockedBytes}. */
    public List<Entry> unlocked() {
        return mappings.stream()
                .filter(entry -> entry.rss > 0 && !entry.isLocked() && !entry.isKernels())
                .toList();
    }

    /** Bytes resident and locked. */
    public long lockedBytes() {
        return sum(Entry::locked);
    }

    /** Bytes resident, shared pages in full. */
    public long residentBytes() {
        return sum(Entry::rss);
    }

    /** Bytes resident, each once even where ZGC maps the same memory three times. */
    public long proportionalBytes() {
        return sum(Entry::pss);
    }

    /**
     * Bytes in swap that can be read, exactly: VmSwap of status is off by some pages from Linux 6.2 on, and counts those in
     * guard zones, which nobody can touch.
     */
    public long swappedBytes() {
        return sum(entry -> entry.permissions().startsWith("r") ? entry.swap() : 0);
    }

    /** Resident bytes of malloc's arenas, which begin at multiples of 64 MiB. glibc malloc/arena.c, HEAP_MAX_SIZE */
    public long arenaBytes() {
        return sum(entry -> isArena(entry) ? entry.pss() : 0);
    }

    /** A Java heap may begin at such a multiple too, but lower down. */
    private static boolean isArena(Entry entry) {
        return entry.path().isEmpty()
                && entry.start() % ARENA == 0
                && entry.start() > MMAP_AREA
                && entry.length() <= ARENA
                && entry.permissions().equals("rw-p");
    }

    /** Bytes of whole locked mappings: what the kernel charges against the limit. */
    public long chargedBytes() {
        return mappings.stream()
                .filter(Entry::isLocked)
                .mapToLong(Entry::length)
                .sum();
    }

    private long sum(ToLongFunction<Entry> size) {
        return mappings.stream().mapToLong(size).sum();
    }

    /** The mappings of a file. */
    public Smaps ofFile(Path file) {
        return new Smaps(mappings.stream()
                .filter(entry -> entry.path().equals(file.toString()))
                .toList());
    }

    /** The mappings inside an address range. */
    public Smaps within(long start, long end) {
        return new Smaps(mappings.stream()
                .filter(entry -> entry.start >= start && entry.end <= end)
                .toList());
    }

    /**
     * Where a property holds, neighbours joined.
     *
     * @return for example {@code [00007f0000001000-00007f0000003000]}
     */
    public List<String> rangesWhere(Predicate<Entry> property) {
        List<String> ranges = new ArrayList<>();
        long start = -1;
        long end = -1;
        for (Entry entry : mappings) {
            if (!property.test(entry)) {
                continue;
            }
            if (entry.start != end) {
                addRange(ranges, start, end);
                start = entry.start;
            }
            end = entry.end;
        }
        addRange(ranges, start, end);
        return ranges;
    }

    private static void addRange(List<String> ranges, long start, long end) {
        if (start != end) {
            ranges.add(range(start, end));
        }
    }

    /** An address range as {@link #rangesWhere} gives it. */
    public static String range(long start, long end) {
        return String.format("%016x-%016x", start, end);
    }

    @Override
    public String toString() {
        return mappings.stream().map(Entry::toString).collect(Collectors.joining("\n", "\n", "\n"));
    }
}
