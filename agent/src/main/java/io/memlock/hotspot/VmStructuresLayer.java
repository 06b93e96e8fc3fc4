// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.vmstructs.ElfImage;
import io.memlock.vmstructs.MemorySnapshot;
import io.memlock.vmstructs.VmStructs;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads what HotSpot's own structures tell: fixed ranges once, and the stacks of Java threads as they change. */
final class VmStructuresLayer {

    private final UnclaimedMemory unclaimed = new UnclaimedMemory(LoadedClasses.ROOT_CHUNK_BYTES);
    private VmStructs structs;
    private VmRanges fixed;
    private JavaThreads threads;
    private List<KnownRange> metaspace = List.of();
    private String problem = "not read yet";

    /**
     * Reads what is new.
     *
     * @param mappings all of the process, ascending
     * @param memory a new snapshot
     * @return whether anything changed
     */
    boolean refresh(List<Mapping> mappings, MemorySnapshot memory) {
        boolean changed = false;
        try {
            if (structs == null) {
                Set<String> wanted = new HashSet<>(VmRanges.FIELDS);
                wanted.addAll(JavaThreads.FIELDS);
                wanted.addAll(LoadedClasses.FIELDS);
                structs = new VmStructs(memory, new ElfImage(memory, libjvm(mappings)), wanted, VmRanges.CONSTANTS);
                threads = new JavaThreads(structs);
            }
            if (fixed == null || !fixed.has(Region.CODE)) { // a JVM that is only just starting
                fixed = VmRanges.read(memory, structs);
                changed = true;
            }
            problem = String.join("; ", fixed.problems());
            changed |= threads.refresh(memory);
        } catch (IOException e) {
            problem = String.valueOf(e.getMessage());
        }
        return changed;
    }

    /** Returns heap, code, class data archive and card table. */
    List<KnownRange> fixedRanges() {
        return fixed == null ? List.of() : fixed.ranges();
    }

    /**
     * Finds metaspace as far as classes lie in it, for a JVM that cannot be asked. Looks at every class, so this is done
     * once, and again where memory nobody claims has appeared.
     *
     * @param segments what is known about all mappings
     * @param memory a new snapshot
     * @return whether anything was learned
     */
    boolean readLoadedClasses(List<Segment> segments, MemorySnapshot memory, long nowNanos) {
        if (structs == null || !unclaimed.isLookDue(segments, nowNanos)) {
            return false;
        }
        long start = System.nanoTime();
        boolean isNew = false;
        try {
            List<KnownRange> found = LoadedClasses.rootChunks(memory, structs, fixedRanges());
            isNew = !found.equals(metaspace);
            metaspace = found;
        } catch (IOException e) {
            problem = String.valueOf(e.getMessage());
        } catch (Error e) {
            unclaimed.failed(e);
            throw e;
        } finally {
            unclaimed.looked(isNew, System.nanoTime() - start);
        }
        return isNew;
    }

    /** Returns what {@link #readLoadedClasses} found. */
    List<KnownRange> metaspace() {
        return metaspace;
    }

    List<KnownRange> stacks() {
        return threads == null ? List.of() : threads.stacks();
    }

    /** Returns the kernel's ids of Java threads. */
    Set<Integer> javaThreadIds() {
        return threads == null ? Set.of() : threads.threadIds();
    }

    /** Returns what is missing and why; "" if nothing. */
    String problem() {
        return problem;
    }

    private static long libjvm(List<Mapping> mappings) throws IOException {
        for (Mapping mapping : mappings) {
            if (mapping.offset() == 0 && mapping.path().contains("/libjvm.so")) {
                return mapping.start();
            }
        }
        throw new IOException("there is no libjvm.so: not a HotSpot JVM, or linked statically");
    }
}
