// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.Paths;
import java.util.ArrayList;
import java.util.List;

/**
 * The host's swap areas: {@code /proc/swaps}. proc_swaps(5)
 *
 * @param files devices and files in use; none means that no memory of any process can be swapped out
 */
public record Swaps(List<String> files) {

    /** Returns whether one of them compresses into RAM instead of writing to a disk. */
    public boolean hasZram() {
        return files.stream().anyMatch(file -> file.startsWith("/dev/zram"));
    }

    /** Parses the file: a line of titles, and an area a line. */
    public static Swaps parse(Cursor swaps) {
        List<String> files = new ArrayList<>();
        swaps.nextLine();
        while (swaps.nextLine()) {
            files.add(Paths.unescaped(swaps.word()));
        }
        return new Swaps(files);
    }
}
