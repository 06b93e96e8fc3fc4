// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.memory.Mapping;
import io.memlock.os.LibC;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Finds the mappings that are locked, but not on-fault. It does without smaps: that alone shows the flag, but walks
 * the page tables of the whole heap for it.
 *
 * <p>Locking the first page of a mapping on-fault changes nothing where the mapping is locked so already. Where it is not,
 * the kernel splits the mapping in two, because a mapping's pages all have the same flags, and {@code maps} shows it. Then
 * {@code mlock} of that page puts both together again. The page stays locked all the time. Linux {@code mm/mlock.c:
 * mlock_fixup}
 */
public final class OnFaultProbe {

    /** Tries, as a JVM maps memory all the time, also while it is looked at. */
    private static final int ATTEMPTS = 5;

    /** Pages that may stay locked without need: a quarter of a MiB with 4 KiB pages. */
    private static final int MOST_DOUBTFUL_PAGES = 64;

    private final LibC libc;
    private final LockProbe probe;
    private final HeldPages held;
    private final long pageBytes;
    private final Maps maps;

    /**
     * Makes a probe.
     *
     * @param probe tells whether a mapping is locked at all
     * @param held locks on-fault
     * @param maps of this process, fresh at each call
     */
    public OnFaultProbe(LibC libc, LockProbe probe, HeldPages held, long pageBytes, Maps maps) {
        this.libc = libc;
        this.probe = probe;
        this.held = held;
        this.pageBytes = pageBytes;
        this.maps = maps;
    }

    /**
     * Finds what is locked, and whether on-fault, if that can be told.
     *
     * <p>A mapping of a single page cannot be split. It is taken for on-fault unless an application may have put something
     * there that it wants to keep from swap, a key for example: memory of its own that it can write to. Code made at run
     * time is none, nor is the bss of a library, which follows directly on its data, nor are the closures of libffi, which
     * JNA's calls are made through: directly behind them is their code, mapped from an unlinked file (libffi {@code
     * src/tramp.c: tramp_table_map_alt}). What may be such a page is taken for the
     * application's: to leave a few pages locked is better than to stop a JVM while smaps is read.
     *
     * @param asked which mappings to look at
     * @return null if it cannot be told, or not of every larger mapping
     * @throws IOException if {@code maps} cannot be read
     */
    public Map<Mapping, Boolean> find(Predicate<Mapping> asked) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Map<Mapping, Boolean> onFault = new LinkedHashMap<>();
            if (tellAll(asked, onFault)) {
                return onFault;
            }
        }
        return null;
    }

    /** Returns whether all could be told. */
    private boolean tellAll(Predicate<Mapping> asked, Map<Mapping, Boolean> onFault) throws IOException {
        List<Mapping> tried = new ArrayList<>();
        List<Mapping> doubtful = new ArrayList<>();
        boolean isCertain = true;
        List<Mapping> mappings = maps.read();
        for (int i = 0; i < mappings.size(); i++) {
            Mapping mapping = mappings.get(i);
            if (mapping.isKernels() || !asked.test(mapping) || !probe.isLocked(mapping.start())) {
                continue;
            }
            if (mapping.length() > pageBytes) {
                isCertain &= lockFirstPage(mapping);
                tried.add(mapping);
            } else if (mayHoldAKey(mappings, i)) {
                doubtful.add(mapping);
            } else {
                onFault.put(mapping, true);
            }
        }
        isCertain &= putTogether(tried, onFault) && doubtful.size() <= MOST_DOUBTFUL_PAGES;
        doubtful.forEach(page -> onFault.put(page, false));
        return isCertain;
    }

    /** Locks the first page of a locked mapping on-fault, and returns whether that was done. */
    private boolean lockFirstPage(Mapping mapping) {
        return (mapping.isAccessible()
                        ? held.lockOnFault(mapping.start(), pageBytes)
                        : held.lockReserved(mapping.start(), pageBytes))
                == 0;
    }

    private static boolean mayHoldAKey(List<Mapping> mappings, int index) {
        Mapping page = mappings.get(index);
        return page.writable()
                && !page.executable()
                && !page.isFileBacked()
                && !(index > 0 && isDataOf(mappings.get(index - 1), page))
                && !(index + 1 < mappings.size() && isCodeOf(page, mappings.get(index + 1)));
    }

    private static boolean isDataOf(Mapping library, Mapping bss) {
        return library.isFileBacked() && library.end() == bss.start();
    }

    private static boolean isCodeOf(Mapping closures, Mapping code) {
        return code.executable() && code.isUnlinked() && closures.end() == code.start();
    }

    private boolean putTogether(List<Mapping> tried, Map<Mapping, Boolean> onFault) throws IOException {
        NavigableMap<Long, Mapping> now = new TreeMap<>();
        for (Mapping mapping : maps.read()) {
            now.put(mapping.start(), mapping);
        }
        boolean isCertain = true;
        for (Mapping mapping : tried) {
            long border = mapping.start() + pageBytes;
            if (!now.containsKey(border)) {
                Map.Entry<Long, Mapping> at = now.floorEntry(mapping.start());
                if (at != null && at.getValue().end() >= mapping.end() && isLike(mapping, at.getValue())) {
                    onFault.put(mapping, true); // it is still there
                }
                continue;
            }
            if (isInTwo(mapping, now.lowerEntry(border).getValue(), now.get(border))) {
                // Not if the application has unlocked it meanwhile.
                if (probe.isLocked(border)) {
                    libc.mlock(mapping.start(), pageBytes);
                }
                onFault.put(mapping, false);
            } else {
                isCertain = false;
            }
        }
        return isCertain;
    }

    /** Returns whether a mapping is in two now: HotSpot may have protected its first page, or given back what follows. */
    private static boolean isInTwo(Mapping before, Mapping first, Mapping rest) {
        return rest.end() == before.end() && isLike(before, first) && isLike(before, rest);
    }

    private static boolean isLike(Mapping one, Mapping other) {
        return one.readable() == other.readable()
                && one.writable() == other.writable()
                && one.executable() == other.executable()
                && one.shared() == other.shared()
                && one.inode() == other.inode()
                && one.path().equals(other.path());
    }
}
