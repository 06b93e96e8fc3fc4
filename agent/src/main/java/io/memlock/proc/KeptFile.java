// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;

/**
 * A file of the kernel that is read again and again, and kept open: opening one costs twice what reading it does. The kernel
 * writes its text anew whenever it is read from the start. Not thread-safe.
 */
final class KeptFile {

    private final File file;
    private final TextFile text;
    private RandomAccessFile open;
    private InputStream in;

    /**
     * Opens nothing yet.
     *
     * @param text gets what is read
     */
    KeptFile(File file, TextFile text) {
        this.file = file;
        this.text = text;
    }

    /** The text of this moment, valid until the next call. */
    Cursor read() throws IOException {
        try {
            if (open == null) {
                open = new RandomAccessFile(file, "r");
                in = new FileInputStream(open.getFD());
            }
            open.seek(0);
            return text.read(file.getPath(), in);
        } catch (IOException e) {
            close();
            throw TextFile.failure(file, e);
        }
    }

    /** So that the next read begins afresh. */
    private void close() throws IOException {
        if (open != null) {
            open.close();
            open = null;
        }
    }
}
