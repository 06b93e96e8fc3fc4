// SPDX-License-Identifier: Apache-2.0
package io.memlock.api;

import java.util.HexFormat;

/**
 * A range of addresses of this process.
 *
 * @param address of the first byte, unsigned; 0 if it is not known
 * @param bytes its length; 0 if nothing is in it
 */
public record MemoryRange(long address, long bytes) {

    /** Returns the address after the last byte, unsigned. */
    public long end() {
        return address + bytes;
    }

    /** Returns the range as {@code /proc/PID/maps} would show it: two addresses of 16 hexadecimal digits. */
    @Override
    public String toString() {
        return hex(address) + "-" + hex(end());
    }

    private static String hex(long address) {
        return HexFormat.of().toHexDigits(address);
    }
}
