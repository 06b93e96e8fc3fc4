// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.Backing;
import io.memlock.memory.Mapping;
import io.memlock.memory.Region;
import java.util.Map;

/** Tells the region of a mapping by its name alone, where the name says enough. */
final class MappingNames {

    private MappingNames() {}

    /**
     * Returns the region that the name of a mapping tells.
     *
     * @param filesOfJvm the paths of which another mapping tells: all of them belong together
     * @param isHeapElsewhere whether it is known where the heap is, as with every collector but ZGC
     * @return null if the mapping has no name, or one that tells nothing
     */
    static Region regionOf(Mapping mapping, Map<String, Region> filesOfJvm, boolean isHeapElsewhere) {
        String path = mapping.path();
        if (path.isEmpty()) {
            return null;
        }
        if (path.charAt(0) == '[') {
            return ofBracketed(path);
        }
        if (!mapping.isFileBacked()) {
            return null; // a name that the kernel gives to anonymous memory
        }
        String name = mapping.linkedPath();
        if (isHeapElsewhere ? mapping.isZgcMemfd() : mapping.isZgcHeap()) {
            return Region.HEAP;
        }
        if (mapping.isHugetlb() && (name.startsWith(Mapping.ANONYMOUS_HUGE) || name.startsWith(Mapping.SYSTEM_V))) {
            return null; // anonymous memory, for whatever
        }
        if (name.endsWith(".jsa") && !mapping.shared()) {
            return Region.CDS;
        }
        if (mapping.shared() && name.contains("/hsperfdata_")) {
            return Region.NATIVE;
        }
        Region ofFile = filesOfJvm.get(path);
        if (ofFile != null || isLibrary(name, mapping)) {
            return ofFile != null ? ofFile : Region.LIBS;
        }
        return mapping.backing() == Backing.MEMORY ? Region.SHM : Region.MAPPED;
    }

    /** Returns whether nothing but a label of glibc names it, and no file is behind it. */
    static boolean isAnonymous(Mapping mapping) {
        return !mapping.isFileBacked()
                && (mapping.path().isEmpty() || mapping.path().startsWith("[anon:"));
    }

    private static Region ofBracketed(String path) {
        // "[anon: glibc: …]" appears with GLIBC_TUNABLES=glibc.mem.decorate_maps=1, glibc 2.39
        if (path.equals("[heap]")
                || path.startsWith("[anon: glibc: malloc")
                || path.startsWith("[anon: glibc: loader")) {
            return Region.NATIVE;
        }
        if (path.equals("[stack]")
                || path.startsWith("[anon: glibc: pthread") // "pthread stack", "pthread user stack"
                || path.startsWith("[anon: glibc: unused stack")) {
            return Region.STACKS;
        }
        if (path.startsWith("[anon_shmem:")) { // named by prctl PR_SET_VMA, since Linux 6.2
            return Region.SHM;
        }
        return path.startsWith("[anon:") ? null : Region.OTHER; // vdso, vvar, vsyscall
    }

    /** Tells whether it is read of a jar. */
    static boolean isJar(Mapping mapping) {
        return !mapping.writable() && mapping.linkedPath().endsWith(".jar");
    }

    /**
     * Tells whether a file is the JDK's classes or locale data. A library is known by its executable piece. Without a name
     * that tells, and with one that data could have, a file is data, of any size and read at any speed.
     */
    private static boolean isLibrary(String name, Mapping mapping) {
        return name.endsWith("/lib/modules")
                || name.endsWith("/gconv-modules.cache")
                || (!mapping.shared() && !mapping.writable() && name.contains("/locale/"));
    }
}
