// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

import java.util.HashMap;
import java.util.Map;

/**
 * Reads each file of a cgroup at most once, for one measurement: what is computed from {@code memory.stat} needs several
 * lines of it, and to read it the kernel has to add up the counts of all CPUs. Not thread-safe.
 */
final class FilesReadOnce implements CgroupFiles {

    private final CgroupFiles files;
    private final Map<String, String> texts = new HashMap<>();

    FilesReadOnce(CgroupFiles files) {
        this.files = files;
    }

    @Override
    public String text(String name) {
        if (!texts.containsKey(name)) {
            texts.put(name, files.text(name));
        }
        return texts.get(name);
    }
}
