// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

import java.util.List;

/** Names what a mapping is for. The names in lower case are those of the options. */
public enum Region {
    /** The Java heap, with any collector. */
    HEAP,
    /** The code cache and its segment maps. */
    CODE,
    /** Metaspace and compressed class space. */
    METASPACE,
    /** Stacks of Java threads and of the JVM's own threads. */
    STACKS,
    /** What the collector keeps beside the heap: card tables, bitmaps, mark stacks, region tables. */
    GC,
    /** The class data archives. */
    CDS,
    /** malloc: {@code [heap]}, arenas, large single allocations; the JVM's own small files. */
    NATIVE,
    /** Shared libraries, executables, the JDK's image of classes, locale data. */
    LIBS,
    /** Memory that processes can share: files on tmpfs, as those in {@code /dev/shm}, memfd, System V. Nothing but swap takes it. */
    SHM,
    /** Files on disks that the application maps. */
    MAPPED,
    /** What none of the others claims. */
    OTHER;

    private final String optionName = name().toLowerCase(java.util.Locale.ROOT);

    /**
     * Returns the name in options, tables and messages.
     *
     * @return for example {@code heap}
     */
    public String optionName() {
        return optionName;
    }

    /**
     * Returns regions in the option's syntax.
     *
     * @return for example {@code heap+code}
     */
    public static String joined(List<Region> regions) {
        StringBuilder text = new StringBuilder();
        for (Region region : regions) {
            text.append(text.length() == 0 ? "" : "+").append(region.optionName);
        }
        return text.toString();
    }
}
