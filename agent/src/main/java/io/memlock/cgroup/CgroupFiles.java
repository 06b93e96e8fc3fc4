// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

/** The files of one cgroup's directory. */
public interface CgroupFiles {

    /**
     * Reads a file.
     *
     * @param name for example {@code memory.max}
     * @return its text, null if there is no such file, or it is hidden or cannot be read
     */
    String text(String name);
}
