// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.FileOpener;
import io.memlock.files.Keys;
import io.memlock.files.ProcFormatException;
import io.memlock.files.TextFile;
import java.io.File;
import java.io.IOException;

/**
 * Tells from {@code /proc/PID/status}, again and again, how much a process has mapped that is locked. No lock of the kernel
 * is taken for it. Not thread-safe.
 */
public final class LockedSizeReader {

    private static final Keys KEYS = new Keys("VmLck:", "VmData:");

    private final TextFile text;
    private final File file;

    LockedSizeReader(FileOpener opener, File file) {
        this.text = new TextFile(opener);
        this.file = file;
    }

    /**
     * Reads both sizes.
     *
     * @return bytes of all mappings that are locked, and of all that are private and writable
     * @throws IOException if the file cannot be read or does not tell
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public long[] read() throws IOException {
        Cursor status = text.read(file);
        long[] bytes = new long[KEYS.size()];
        int found = 0;
        while (status.nextLine()) {
            int key = KEYS.find(status, Keys.NONE);
            if (key != Keys.NONE) {
                bytes[key] = status.kilobytes();
                found++;
            }
        }
        if (found < bytes.length) {
            throw new IOException(file + " does not tell what is locked");
        }
        return bytes;
    }
}
