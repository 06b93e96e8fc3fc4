// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.FileOpener;
import io.memlock.files.ProcFormatException;
import io.memlock.files.TextFile;
import java.io.File;
import java.io.IOException;

/**
 * Tells from {@code /proc/PID/statm}, again and again, how large a process is and how much of it is in RAM, at a tenth of the
 * price of its status or of maps. proc_pid_statm(5). Not thread-safe.
 */
public final class AddressSpaceReader {

    /** Fields from the size of all that is mapped to what of it is in RAM. */
    private static final int TO_RESIDENT = 1;

    /** Fields from the size of all that is mapped to the size of what is private and writable. */
    private static final int TO_DATA = 5;

    private static final int PRIME = 31;

    private final TextFile text;
    private final File file;
    private long last;

    AddressSpaceReader(FileOpener opener, File file) {
        this.text = new TextFile(opener);
        this.file = file;
    }

    /**
     * Returns how much is in RAM.
     *
     * @return pages, to some dozens for each thread: each counts for itself for a while; -1 if the file does not tell
     */
    public long residentPages() {
        try {
            Cursor statm = open();
            skip(statm, TO_RESIDENT);
            return statm.decimal();
        } catch (IOException | ProcFormatException e) {
            return -1;
        }
    }

    /**
     * Returns whether the process may have mapped, unmapped, committed or uncommitted memory since this was last asked: all
     * that is mapped is counted, and what is private and writable once more. What is mapped over memory of the same kind, and
     * an amount committed while as much is uncommitted, do not show.
     */
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
        Cursor statm = open();
        long size = statm.decimal();
        skip(statm, TO_DATA);
        return size * PRIME + statm.decimal();
    }

    private Cursor open() throws IOException {
        Cursor statm = text.read(file);
        statm.nextLine();
        return statm;
    }

    private static void skip(Cursor statm, int fields) {
        for (int field = 0; field < fields; field++) {
            statm.skipWord();
            statm.skipBlanks();
        }
    }
}
