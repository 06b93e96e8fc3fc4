// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Smaps;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parts of a JVM are locked, or filled, when they are named. The JVM itself tells where its heap lies. */
final class SelectionCases {

    private static final Pattern HEAP = Pattern.compile("Heap address: 0x(\\p{XDigit}+), size: (\\d+) MB");
    private static final String TELL_HEAP = "-Xlog:gc+heap+coops=debug";

    private static final long HEAP_BYTES = 200L << 20;

    /** What a heap without prefault has in memory of its {@link #HEAP_BYTES} is a few MiB. */
    private static final double MOSTLY = 0.99;

    private final Jdk jdk;

    SelectionCases(Jdk jdk) {
        this.jdk = jdk;
    }

    List<Case> list(boolean shortList) {
        Case selection = new Case("keeps heap and code locked and nothing else", this::keepsHeapAndCodeLocked);
        return shortList ? List.of(selection) : List.of(selection, new Case("fills the heap", this::fillsTheHeap));
    }

    private String keepsHeapAndCodeLocked() {
        try (ForkedJvm jvm = Apps.grown(jdk, "-XX:+UseG1GC", TELL_HEAP)
                .agent("mode=heap+code")
                .start()) {
            jvm.awaitLine("ready");
            Predicate<Smaps.Entry> heap = heapOf(jvm);
            for (String step : List.of("collect", "grow 150", "shrink", "grow 200", "classes 200")) {
                jvm.ask(step);
                Judge.becomesTrue(jvm, step + " leaves heap or code unlocked", smaps -> smaps.mappings().stream()
                        .filter(heap.or(SelectionCases::isCode))
                        .allMatch(entry -> entry.rss() == 0 || entry.isLocked()));
                Judge.becomesTrue(jvm, step + " leaves libjvm.so locked", smaps -> smaps.mappings().stream()
                        .filter(entry -> entry.path().endsWith("/libjvm.so"))
                        .noneMatch(Smaps.Entry::isLocked));
            }
        }
        return "";
    }

    private String fillsTheHeap() {
        try (ForkedJvm jvm = Apps.grown(jdk, "-XX:+UseSerialGC", TELL_HEAP, "-Xms" + HEAP_BYTES, "-Xmx" + HEAP_BYTES)
                .agent("mode=all,prefault=heap")
                .start()) {
            jvm.awaitLine("ready");
            Predicate<Smaps.Entry> heap = heapOf(jvm);
            long resident = Smaps.of(jvm.pid()).mappings().stream()
                    .filter(heap)
                    .mapToLong(Smaps.Entry::rss)
                    .sum();
            String figures = (resident >> 20) + " MiB of " + (HEAP_BYTES >> 20);
            Case.check(resident >= MOSTLY * HEAP_BYTES, figures + jvm.stderr());
            Judge.nothingIsUnlocked(jvm, "filled");
            return figures;
        }
    }

    private static Predicate<Smaps.Entry> heapOf(ForkedJvm jvm) {
        Matcher told = HEAP.matcher(jvm.stdout());
        Case.check(told.find(), "the JVM does not tell where its heap is: " + jvm.stdout());
        long start = Long.parseUnsignedLong(told.group(1), 16);
        long end = start + (Long.parseLong(told.group(2)) << 20);
        return entry -> entry.start() >= start && entry.end() <= end;
    }

    private static boolean isCode(Smaps.Entry entry) {
        return entry.permissions().equals("rwxp") && entry.path().isEmpty();
    }
}
