// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.Keys;

/**
 * Remembers at which places of a paragraph the keys stood. The kernel pads numbers to one width and prints the same lines
 * for every mapping, so the keys mostly stand at the same places in the next paragraph, and the lines between them need not
 * be looked at. fs/proc/task_mmu.c: SEQ_PUT_DEC
 */
final class SmapsShape {

    private final Keys keys;

    /** From the line behind the mapping's to the key, in bytes and in lines. */
    private final int[] bytes;

    private final int[] lines;

    /** How many of the keys, from the first on, were seen in the last paragraph that was read line by line. */
    private int seen;

    private int firstByte;
    private int firstLine;

    SmapsShape(Keys keys) {
        this.keys = keys;
        this.bytes = new int[keys.size()];
        this.lines = new int[keys.size()];
    }

    /**
     * Begins a paragraph.
     *
     * @param mapping at the line of the mapping
     * @return whether all keys stand where they stood before
     */
    boolean fits(Cursor mapping) {
        firstByte = mapping.lineStart() + mapping.lineLength() + 1;
        firstLine = mapping.lineNumber() + 1;
        boolean fits = seen == keys.size();
        for (int key = 0; fits && key < seen; key++) {
            fits = keys.startsLine(key, mapping, firstByte + bytes[key]);
        }
        return fits;
    }

    /** Moves behind a key of a paragraph that fits. */
    void moveBehind(int key, Cursor line) {
        line.moveTo(firstByte + bytes[key], firstLine + lines[key]);
        keys.find(line, key - 1);
    }

    /** Remembers a key that was found line by line. */
    void found(int key, Cursor line) {
        if (key == 0) {
            seen = 0;
        }
        if (key == seen) {
            bytes[key] = line.lineStart() - firstByte;
            lines[key] = line.lineNumber() - firstLine;
            seen++;
        }
    }
}
