// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.files.FileOpener;
import io.memlock.memory.Mapping;
import io.memlock.memory.Segment;
import io.memlock.proc.ProcFs;
import io.memlock.vmstructs.MemorySnapshot;
import io.memlock.vmstructs.ProcessMemory;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells which region each piece of a JVM's memory belongs to. It asks several sources, each of which may be missing,
 * and remembers their answers. Safe for use by several threads.
 */
public final class JvmLayout {

    private final ProcessMemory memory;
    private final VmStructuresLayer vmStructures = new VmStructuresLayer();
    private final LibraryData libraryData = new LibraryData();
    private final NativeStacks nativeStacks;
    private final ReportsLayer reports;
    private final int pageBytes;

    private String stacksProblem = "";
    private List<Mapping> mappings = List.of();
    private List<Segment> segments = List.of();

    /** Whether {@link #segments} lacks what is known, because an error, as of a full heap, came between. */
    private boolean isStale;

    /**
     * Prepares to look at one process.
     *
     * @param process its directory, {@code /proc/self} or {@code /proc/PID}
     * @param commands null if there is no way to ask it
     */
    JvmLayout(FileOpener opener, String process, DiagnosticCommands commands, int pageBytes) {
        this.memory = new ProcessMemory(opener, process);
        this.nativeStacks = new NativeStacks(opener, process);
        this.reports = new ReportsLayer(commands);
        this.pageBytes = pageBytes;
    }

    /**
     * Returns the layout of the JVM this runs in.
     *
     * @param instrumentation the JVM's, which gives us its diagnostic commands
     * @param opener opens the files of this process
     */
    public static JvmLayout ofThisJvm(Instrumentation instrumentation, FileOpener opener, int pageBytes) {
        return new JvmLayout(opener, "/proc/self", new InProcessDiagnosticCommands(instrumentation), pageBytes);
    }

    /**
     * Returns the layout of another JVM, which does not notice.
     *
     * @param process a process id, or {@code self}
     * @throws IOException if the page size cannot be learned
     */
    public static JvmLayout of(ProcFs proc, String process) throws IOException {
        return new JvmLayout(new FileOpener.Jdk(), "/proc/" + process, null, (int) proc.pageBytes());
    }

    /**
     * Gives every piece of every mapping its region, as {@link #classifyUnasked}, and asks the JVM what only it knows: where
     * metaspace is. That is a diagnostic command which stops the JVM at a safepoint for 1-2 ms, where there is something to
     * ask; so this belongs on a background thread. A JVM that cannot be asked, another process or one without the module
     * {@code jdk.management}, is searched for its classes instead.
     *
     * @param now all mappings of the process, ascending
     * @return ascending, covering all mappings; the same list if nothing changed
     */
    public synchronized List<Segment> classify(List<Mapping> now) {
        if (mappings.isEmpty()) {
            classifyCoarsely(now);
        } else {
            classifyUnasked(now);
        }
        askJvm(System.nanoTime());
        return segments;
    }

    /**
     * Begins the first look, after which the JVM is asked in any case: {@link #askJvm} completes the segments, so that what
     * malloc has is looked for once.
     */
    private void classifyCoarsely(List<Mapping> now) {
        try {
            MemorySnapshot snapshot = new MemorySnapshot(memory);
            refresh(now, snapshot);
            segments = classified(claims(snapshot));
        } finally {
            memory.close();
        }
    }

    /**
     * Gives every piece of every mapping its region, after a look for new threads and libraries. Disturbs nobody; where
     * metaspace is not known yet, it counts as {@code other}. The first call takes some 10 ms, later ones well under one.
     *
     * @param now all mappings of the process, ascending
     * @return ascending, covering all mappings; the same list if nothing changed
     */
    public synchronized List<Segment> classifyUnasked(List<Mapping> now) {
        try {
            MemorySnapshot snapshot = new MemorySnapshot(memory);
            if (refresh(now, snapshot)) {
                segments = segments(snapshot);
            }
            isStale = false;
        } finally {
            memory.close();
        }
        return segments;
    }

    /** Takes what there is now, and returns whether anything changed. The segments are stale until they are made anew. */
    private boolean refresh(List<Mapping> now, MemorySnapshot snapshot) {
        boolean changed = isStale || !now.equals(mappings);
        isStale = true;
        changed |= vmStructures.refresh(now, snapshot);
        changed |= refreshStacks();
        if (changed) {
            mappings = List.copyOf(now);
        }
        return changed;
    }

    /** Returns whether something was learned. Meant to be called after each {@link #classifyUnasked}. */
    synchronized boolean askJvm(long nowNanos) {
        boolean learned = isStale;
        isStale = true; // until the end is reached
        try {
            MemorySnapshot snapshot = new MemorySnapshot(memory);
            learned |= reports.refresh(segments, nowNanos);
            if (!reports.knowsMetaspace()) {
                learned |= vmStructures.readLoadedClasses(segments, snapshot, nowNanos);
            }
            if (learned) {
                segments = segments(snapshot);
            }
            isStale = false;
            return learned;
        } finally {
            memory.close();
        }
    }

    /** Returns which layers answered and which did not, and why. */
    public synchronized List<LayerStatus> layers() {
        int structures =
                vmStructures.fixedRanges().size() + vmStructures.stacks().size();
        int stacks = nativeStacks.ranges(mappings).size();
        return List.of(
                new LayerStatus("VM structures", structures, vmStructures.problem()),
                new LayerStatus("diagnostic commands", reports.ranges().size(), reports.problem()),
                new LayerStatus("stack pointers", stacks, stacksProblem));
    }

    private boolean refreshStacks() {
        try {
            boolean changed = nativeStacks.refresh(vmStructures.javaThreadIds());
            stacksProblem = "";
            return changed;
        } catch (IOException e) {
            stacksProblem = String.valueOf(e.getMessage());
            return false;
        }
    }

    private List<Segment> segments(MemorySnapshot snapshot) {
        List<KnownRange> claims = claims(snapshot);
        List<Segment> found = classified(claims);
        List<KnownRange> malloc = MallocHeaders.claims(found, memory, pageBytes);
        if (!malloc.isEmpty()) {
            claims.addAll(malloc);
            found = classified(claims);
        }
        return found;
    }

    private List<Segment> classified(List<KnownRange> claims) {
        return new RegionClassifier(KnownRanges.of(claims, pageBytes)).classify(mappings);
    }

    /** Returns all that is known, the most trustworthy first. */
    private List<KnownRange> claims(MemorySnapshot snapshot) {
        List<KnownRange> claims = new ArrayList<>(vmStructures.fixedRanges());
        claims.addAll(reports.ranges());
        claims.addAll(vmStructures.stacks());
        claims.addAll(libraryData.ranges(mappings, snapshot));
        claims.addAll(nativeStacks.ranges(mappings));
        if (!reports.knowsMetaspace()) {
            claims.addAll(vmStructures.metaspace());
        }
        return claims;
    }
}
