// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import java.io.File;
import java.io.IOException;

/**
 * Reads the size of a process's address space again and again: the first number of {@code /proc/PID/statm}. A tenth of
 * the price of reading maps, and it changes whenever memory is mapped or unmapped, except over what is there. Not
 * thread-safe.
 */
public final class AddressSpaceReader {

    private final File file;
    private final TextFile text = new TextFile();

    AddressSpaceReader(File file) {
        this.file = file;
    }

    /**
     * The size now.
     *
     * @return in pages
     * @throws IOException if the file cannot be read
     * @throws ProcFormatException if it does not begin with a number
     */
    public long pages() throws IOException {
        Cursor statm = text.read(file);
        statm.nextLine();
        return statm.decimal();
    }
}
