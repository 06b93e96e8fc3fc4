// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * Reads what the kernel passed to a program at its start: {@code /proc/PID/auxv}. Pairs of a key and a value, each a
 * word of the machine; both architectures we run on have 64-bit words, little-endian. getauxval(3), proc_pid_auxv(5)
 */
final class AuxiliaryVector {

    /** Ends the vector. include/uapi/linux/auxvec.h, like the next. */
    private static final long AT_NULL = 0;

    private static final long AT_PAGESZ = 6;

    private AuxiliaryVector() {}

    /**
     * Returns the page size.
     *
     * @param auxv the whole file
     * @return bytes, a power of two; -1 if the vector does not say
     */
    static long pageBytes(byte[] auxv) {
        LongBuffer words = ByteBuffer.wrap(auxv).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
        while (words.remaining() >= 2) {
            long key = words.get();
            long value = words.get();
            if (key == AT_NULL) {
                return -1;
            }
            if (key == AT_PAGESZ) {
                return value > 0 && Long.bitCount(value) == 1 ? value : -1;
            }
        }
        return -1;
    }
}
