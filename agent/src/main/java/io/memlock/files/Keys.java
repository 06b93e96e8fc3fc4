// SPDX-License-Identifier: Apache-2.0
package io.memlock.files;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * Finds the keys that we need in a file of {@code Key: value} lines. The kernel prints them in the same order every
 * time, so a search starts after the key found last and mostly ends there.
 */
public final class Keys {

    /** No key of ours. */
    public static final int NONE = -1;

    private final byte[][] keys;

    /** A bit for each character that a key begins with, by its lowest six bits: most lines begin with another. */
    private final long firstBits;

    /** Takes each key with all that must precede its value, in the order of the file. */
    public Keys(String... keys) {
        this.keys = new byte[keys.length][];
        long bits = 0;
        for (int i = 0; i < keys.length; i++) {
            this.keys[i] = keys[i].getBytes(US_ASCII);
            bits |= 1L << this.keys[i][0];
        }
        firstBits = bits;
    }

    public int size() {
        return keys.length;
    }

    /**
     * Finds the key the line starts with; the cursor is then behind it.
     *
     * @param previous the key found before, or {@link #NONE}
     * @return index of the key, or {@link #NONE}: then the cursor has not moved
     */
    public int find(Cursor line, int previous) {
        int first = line.peek();
        if ((firstBits & 1L << first) == 0) {
            return NONE;
        }
        int index = previous;
        for (int tried = 0; tried < keys.length; tried++) {
            index = index + 1 == keys.length ? 0 : index + 1;
            if (keys[index][0] == first && line.skip(keys[index])) {
                return index;
            }
        }
        return NONE;
    }

    /**
     * Reads the values of all remaining lines, where every key of ours is a number of kilobytes.
     *
     * @param missing what to say of a key that is not there
     * @return bytes, in the order of the keys
     */
    public long[] kilobytes(Cursor lines, long missing) {
        long[] bytes = new long[keys.length];
        Arrays.fill(bytes, missing);
        int key = NONE;
        while (lines.nextLine()) {
            int found = find(lines, key);
            if (found != NONE) {
                bytes[found] = lines.kilobytes();
                key = found;
            }
        }
        return bytes;
    }
}
