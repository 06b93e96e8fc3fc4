// SPDX-License-Identifier: Apache-2.0
package io.memlock.vmstructs;

import io.memlock.files.FileOpener;
import io.memlock.files.OpenFile;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;

/** {@code /proc/PID/mem}: a bad address is an error, not a crash. Closed to a process that is not dumpable. proc(5) */
public final class ProcessMemory implements Memory, Closeable {

    private final FileOpener opener;
    private final File path;
    private OpenFile file;

    /**
     * Reads the memory of a process; opens its file at the first read.
     *
     * @param process the directory, {@code /proc/self} or {@code /proc/PID}
     */
    public ProcessMemory(FileOpener opener, String process) {
        this.opener = opener;
        this.path = new File(process, "mem");
    }

    @Override
    public synchronized void read(long address, byte[] into) throws IOException {
        if (address < 0) {
            throw new IOException("not an address of a process: " + Long.toHexString(address));
        }
        if (file == null) {
            file = opener.open(path);
        }
        if (file.readAt(address, into, into.length) != into.length) {
            throw new IOException("not mapped up to its end: the page at " + Long.toHexString(address));
        }
    }

    /** Closes the file until the next read. */
    @Override
    public synchronized void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // Nothing was written that could be lost.
            }
            file = null;
        }
    }
}
