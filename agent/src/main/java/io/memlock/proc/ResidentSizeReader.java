// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.FileOpener;
import io.memlock.files.ProcFormatException;
import io.memlock.files.TextFile;
import java.io.File;
import java.io.IOException;

/**
 * Tells from {@code /proc/PID/statm}, again and again, how much of a process is in RAM, at a tenth of the price of its
 * status. Not thread-safe.
 */
public final class ResidentSizeReader {

    private final TextFile text;
    private final File file;

    ResidentSizeReader(FileOpener opener, File file) {
        this.text = new TextFile(opener);
        this.file = file;
    }

    /**
     * Reads the size.
     *
     * @return pages, to some dozens for each thread: each counts for itself for a while; -1 if the file does not tell
     */
    public long pages() {
        try {
            Cursor statm = text.read(file);
            statm.nextLine();
            statm.skipWord();
            statm.skipBlanks();
            return statm.decimal();
        } catch (IOException | ProcFormatException e) {
            return -1;
        }
    }
}
