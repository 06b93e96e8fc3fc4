// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.JvmLayout;
import io.memlock.hotspot.Segment;
import io.memlock.proc.Mapping;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.List;

/** {@link MemoryMap} from {@code /proc/self/maps} and what is known of HotSpot's layout. */
final class SelfMap implements MemoryMap {

    private final ProcFs proc;
    private final JvmLayout layout;
    private List<Segment> segments = List.of();
    private int mappings;

    SelfMap(ProcFs proc, JvmLayout layout) {
        this.proc = proc;
        this.layout = layout;
    }

    @Override
    public boolean refresh() throws IOException {
        List<Mapping> now = proc.mappings("self");
        mappings = now.size();
        List<Segment> before = segments;
        segments = layout.classify(now);
        if (layout.askJvm(System.nanoTime())) {
            segments = layout.classify(now);
        }
        return segments != before;
    }

    @Override
    public List<Segment> segments() {
        return segments;
    }

    @Override
    public int mappings() {
        return mappings;
    }
}
