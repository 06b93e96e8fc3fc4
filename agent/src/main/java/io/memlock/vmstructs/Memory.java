// SPDX-License-Identifier: Apache-2.0
package io.memlock.vmstructs;

import java.io.IOException;

/** The memory of a process, for reading. */
public interface Memory {

    /**
     * Reads bytes.
     *
     * @param address of the first byte
     * @param into filled completely
     * @throws IOException if any of the addresses cannot be read; nothing worse happens then
     */
    void read(long address, byte[] into) throws IOException;
}
