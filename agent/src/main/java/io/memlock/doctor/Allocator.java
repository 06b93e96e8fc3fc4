// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.memory.Region;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import java.util.List;

/**
 * Checks whether malloc is replaced, for example by LD_PRELOAD. Memory of another allocator cannot be distinguished
 * from other memory.
 */
final class Allocator {

    /** Those that take memory by mmap. tcmalloc takes it at the program break, which counts as native. */
    private static final List<String> LIBRARIES = List.of("/libjemalloc", "/libmimalloc");

    private Allocator() {}

    static Finding finding(ExaminedJvm examined, Selection selection) {
        String check = "allocator";
        String library = library(examined);
        if (library == null) {
            return Finding.ok(check, "that of the C library, as far as can be seen");
        }
        return selection.contains(Region.NATIVE) && !selection.contains(Region.OTHER)
                ? Finding.warn(
                        check,
                        library + ": what it allocates counts as other, which is not selected",
                        "# add other to the regions of mode")
                : Finding.ok(check, library + ": what it allocates counts as other");
    }

    private static String library(ExaminedJvm examined) {
        for (Segment segment : examined.segments()) {
            String path = segment.mapping().path();
            for (String library : LIBRARIES) {
                if (path.contains(library)) {
                    return library.substring("/lib".length());
                }
            }
        }
        return null;
    }
}
