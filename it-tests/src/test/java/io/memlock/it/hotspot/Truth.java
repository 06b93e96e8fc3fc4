// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.hotspot;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What native memory tracking says a range is for.
 *
 * @param start first address
 * @param end address after the last byte
 * @param isMapping a mapping of the kernel rather than a reservation of HotSpot
 * @param regions our words for it; more than one if the kernel merged neighbours
 * @param line where it says so
 */
record Truth(long start, long end, boolean isMapping, Set<String> regions, String line) {

    private static final Pattern SYSTEM_MAP =
            Pattern.compile("0x(\\p{XDigit}+)-0x(\\p{XDigit}+) +\\d+ +(\\S+) +\\d+ +\\d+ +\\S+ +\\S+ +(\\S+) +\\S+");

    private static final Pattern RESERVED = Pattern.compile(
            "\\[0x(\\p{XDigit}+) - 0x(\\p{XDigit}+)] reserved (?:and committed )?\\d+KB for (.*?)(?: from)?");

    /** Mappings and their tags as {@code System.map} prints them on JDK 24 and later. */
    static List<Truth> ofSystemMap(String text) {
        List<Truth> truths = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher matcher = SYSTEM_MAP.matcher(line);
            if (matcher.matches()) {
                add(truths, matcher, true, Set.of(matcher.group(4).split(",", -1)), line);
            }
        }
        return truths;
    }

    /** Reservations as {@code VM.native_memory detail} prints them. */
    static List<Truth> ofNativeMemory(String text) {
        List<Truth> truths = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher matcher = RESERVED.matcher(line);
            if (matcher.matches()) {
                add(truths, matcher, false, Set.of(matcher.group(3)), line);
            }
        }
        return truths;
    }

    boolean isAnyOf(Set<String> some) {
        return some.containsAll(regions);
    }

    boolean overlaps(ProbedJvm.Piece piece) {
        return piece.start() < end && start < piece.end();
    }

    private static void add(List<Truth> truths, Matcher range, boolean isMapping, Set<String> tags, String line) {
        Set<String> regions = new TreeSet<>();
        boolean comparable = false;
        for (String tag : tags) {
            String region = region(tag);
            comparable |= region != null;
            regions.add(region == null ? "OTHER" : region);
            if (tag.equals("GC")) {
                regions.add("GC");
            }
        }
        if (comparable) {
            truths.add(new Truth(
                    Long.parseUnsignedLong(range.group(1), 16),
                    Long.parseUnsignedLong(range.group(2), 16),
                    isMapping,
                    regions,
                    line));
        }
    }

    /** Our word for one of HotSpot's; null if the tag says nothing that we can know. */
    private static String region(String tag) {
        if (tag.startsWith("STACK")) {
            return "STACKS";
        }
        return switch (tag) {
            case "JAVAHEAP", "Java Heap" -> "HEAP";
            case "CODE", "Code" -> "CODE";
            case "META", "CLASS", "Metaspace", "Class" -> "METASPACE";
            case "CDS", "Shared class space" -> "CDS";
            case "Thread Stack" -> "STACKS";
            default -> null;
        };
    }
}
