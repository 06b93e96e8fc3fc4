// SPDX-License-Identifier: Apache-2.0
package io.memlock.process;

import io.memlock.hotspot.JvmLayout;
import io.memlock.lock.OwnProcess;
import io.memlock.memory.Mapping;
import io.memlock.memory.Segment;
import io.memlock.proc.AddressSpaceReader;
import io.memlock.proc.MapsReader;
import io.memlock.proc.ProcFs;
import io.memlock.reconcile.MappingBudget;
import io.memlock.reconcile.Mappings;
import java.io.IOException;
import java.util.List;

/** Implements {@link Mappings} from {@code /proc/self/maps} and the known layout of HotSpot. */
final class OwnMappings implements Mappings {

    /**
     * What maps does not show, threads that come and go on stacks of old ones, is looked for in one pass of so many while
     * maps stays the same.
     */
    private static final int LOOK_CLOSER_EVERY = 15;

    private static final long DEFAULT_MAX_MAP_COUNT = 65_530;

    private final MapsReader maps;
    private final AddressSpaceReader addressSpace;
    private final JvmLayout layout;
    private final OwnProcess process;
    private final ProcFs proc;
    private long maxMappings;
    private volatile List<Segment> segments = List.of();
    private List<Mapping> mappings = List.of();
    private int unchanged;

    /**
     * Looks at nothing yet.
     *
     * @param process knows what is charged
     */
    OwnMappings(ProcFs proc, JvmLayout layout, OwnProcess process) {
        this.proc = proc;
        this.maps = proc.mapsReader(ProcFs.SELF);
        this.addressSpace = proc.addressSpaceReader(ProcFs.SELF);
        this.layout = layout;
        this.process = process;
        this.maxMappings = MappingBudget.of(maxMapCount());
    }

    private long maxMapCount() {
        try {
            return Long.parseLong(proc.sys("vm/max_map_count"));
        } catch (IOException | NumberFormatException e) {
            return DEFAULT_MAX_MAP_COUNT;
        }
    }

    @Override
    public boolean refresh() throws IOException {
        List<Mapping> now = maps.read();
        if (now.isEmpty()) { // the first thread has ended before the others, and all of nothing would count as locked
            throw new IOException("/proc/self/maps is empty");
        }
        unchanged = now == mappings ? unchanged + 1 : 0;
        if (unchanged % LOOK_CLOSER_EVERY != 0) {
            return false;
        }
        List<Segment> before = segments;
        segments = layout.classify(now);
        mappings = now; // not before: if that fails, they are new the next time, too
        return segments != before;
    }

    @Override
    public boolean looksUnchanged() {
        return !addressSpace.hasChanged(); // asked before maps is read: what changes in between is seen the next time
    }

    @Override
    public List<Segment> segments() {
        return segments;
    }

    @Override
    public int mappingCount() {
        return mappings.size();
    }

    @Override
    public long maxMappings() {
        return maxMappings;
    }

    @Override
    public long readMaxMappings() {
        maxMappings = MappingBudget.of(maxMapCount());
        return maxMappings;
    }

    @Override
    public long chargedBytes() {
        return process.chargedBytes();
    }
}
