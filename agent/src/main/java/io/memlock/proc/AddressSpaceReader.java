// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.FileOpener;
import io.memlock.files.ProcFormatException;
import io.memlock.files.TextFile;
import java.io.File;
import java.io.IOException;

/**
 * Tells from {@code /proc/PID/statm} whether a process has mapped, unmapped, committed or uncommitted memory, at a tenth of
 * the price of reading maps: all that is mapped is counted there, and what is private and writable once more. What is
 * mapped over memory of the same kind, and an amount committed while as much is uncommitted, do not show. Not thread-safe.
 */
public final class AddressSpaceReader {

    private static final int FIELDS_BETWEEN = 4;

    private static final int PRIME = 31;

    private final TextFile text;
    private final File file;
    private long last;

    AddressSpaceReader(FileOpener opener, File file) {
        this.text = new TextFile(opener);
        this.file = file;
    }

    /** Returns whether either count differs from when this was last asked. Where they cannot be read they may have changed. */
    public boolean hasChanged() {
        long before = last;
        try {
            last = fingerprint();
            return last != before;
        } catch (IOException | ProcFormatException e) {
            return true;
        }
    }

    /** Returns a number that differs when either count does. */
    private long fingerprint() throws IOException {
        Cursor statm = text.read(file);
        statm.nextLine();
        long size = statm.decimal();
        for (int field = 0; field < FIELDS_BETWEEN; field++) {
            statm.skipBlanks();
            statm.skipWord();
        }
        statm.skipBlanks();
        return size * PRIME + statm.decimal();
    }
}
