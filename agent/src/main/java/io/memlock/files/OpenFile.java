// SPDX-License-Identifier: Apache-2.0
package io.memlock.files;

import java.io.IOException;
import java.io.InputStream;

/** A file opened for reading, from its beginning on or at any place. */
public abstract class OpenFile extends InputStream {

    /**
     * Reads at a place, whatever was read before.
     *
     * @param position of the first byte
     * @param into filled from its beginning on
     * @param length bytes to read at most
     * @return bytes read; 0 or less where there is nothing to read
     * @throws IOException if nothing can be read there
     */
    public abstract int readAt(long position, byte[] into, int length) throws IOException;

    /**
     * Asks the kernel for runs of pages in the same state, if this is a pagemap. PAGEMAP_SCAN(2const)
     *
     * @param arg a {@code struct pm_scan_arg}; filled with where the walk ended
     * @param vec filled with a {@code struct page_region} for each run
     * @return how many runs; -1 where it cannot be asked, as of a file that the JDK has opened
     */
    public int scanPages(long[] arg, long[] vec) {
        return -1;
    }

    @Override
    public abstract int read(byte[] into, int from, int length) throws IOException;

    /** Reads one byte, as {@link InputStream} asks for; nobody does so here. */
    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 1 ? -1 : one[0] & 0xff;
    }
}
