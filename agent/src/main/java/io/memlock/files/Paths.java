// SPDX-License-Identifier: Apache-2.0
package io.memlock.files;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Paths as the kernel prints them. */
public final class Paths {

    private Paths() {}

    /** Returns whether a path is the directory or below it, going by the names alone. */
    public static boolean isWithin(String directory, String path) {
        if (directory.equals("/")) {
            return path.startsWith("/");
        }
        return path.startsWith(directory)
                && (path.length() == directory.length() || path.charAt(directory.length()) == '/');
    }

    /**
     * Undoes fs/seq_file.c: mangle_path. A backslash that three octal digits do not follow stays what it is.
     *
     * @param escaped with {@code \040} for a blank
     */
    public static String unescaped(String escaped) {
        if (escaped.indexOf('\\') < 0) {
            return escaped;
        }
        byte[] from = escaped.getBytes(UTF_8);
        byte[] to = new byte[from.length];
        int length = 0;
        for (int i = 0; i < from.length; i++) {
            if (from[i] == '\\' && isOctal(from, i + 1)) {
                to[length++] = (byte) ((from[i + 1] - '0') << 6 | (from[i + 2] - '0') << 3 | from[i + 3] - '0');
                i += 3;
            } else {
                to[length++] = from[i];
            }
        }
        return new String(to, 0, length, UTF_8);
    }

    private static boolean isOctal(byte[] text, int at) {
        if (at + 3 > text.length || text[at] < '0' || text[at] > '3') {
            return false;
        }
        return text[at + 1] >= '0' && text[at + 1] <= '7' && text[at + 2] >= '0' && text[at + 2] <= '7';
    }
}
