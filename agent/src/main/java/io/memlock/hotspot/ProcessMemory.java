// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;

/** {@code /proc/PID/mem}: a bad address is an error, not a crash. Closed to a process that is not dumpable. proc(5) */
final class ProcessMemory implements Memory, Closeable {

    private final String path;
    private RandomAccessFile file;

    /**
     * Opens it at the first read.
     *
     * @param process the directory, {@code /proc/self} or {@code /proc/PID}
     */
    ProcessMemory(String process) {
        path = process + "/mem";
    }

    @Override
    public synchronized void read(long address, byte[] into) throws IOException {
        if (address < 0) {
            throw new IOException("not an address of a process: " + Long.toHexString(address));
        }
        if (file == null) {
            file = new RandomAccessFile(path, "r");
        }
        file.seek(address);
        file.readFully(into);
    }

    @Override
    public synchronized void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
