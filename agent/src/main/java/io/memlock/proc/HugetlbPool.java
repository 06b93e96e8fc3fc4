// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.FileOpener;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Whether the host has huge pages of hugetlbfs: {@code Hugetlb:} in {@code /proc/meminfo}, Linux 4.16. Asked before the
 * application runs, when the parser of the whole file would take a millisecond to load.
 */
final class HugetlbPool {

    private static final byte[] KEY = "\nHugetlb:".getBytes(StandardCharsets.US_ASCII);

    /** The file has 1.5 KiB. */
    private static final int MOST_BYTES = 8192;

    private HugetlbPool() {}

    /**
     * Whether there is none.
     *
     * @param memInfo the file
     * @return false also if the file does not tell
     */
    public static boolean isEmpty(FileOpener opener, File memInfo) {
        byte[] text = new byte[MOST_BYTES];
        int length;
        try (InputStream in = opener.open(memInfo)) {
            length = in.read(text);
        } catch (IOException e) {
            return false;
        }
        // It is near the end.
        for (int at = length - KEY.length; at >= 0; at--) {
            if (isKeyAt(text, at)) {
                return isZero(text, at + KEY.length, length);
            }
        }
        return false;
    }

    private static boolean isKeyAt(byte[] text, int at) {
        for (int i = 0; i < KEY.length; i++) {
            if (text[at + i] != KEY[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(byte[] text, int from, int to) {
        boolean hasZero = false;
        for (int at = from; at < to && text[at] != '\n'; at++) {
            if (text[at] >= '1' && text[at] <= '9') {
                return false;
            }
            hasZero |= text[at] == '0';
        }
        return hasZero;
    }
}
