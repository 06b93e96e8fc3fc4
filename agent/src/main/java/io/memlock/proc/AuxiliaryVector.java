// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

/**
 * What the kernel told a program as it started it: {@code /proc/PID/auxv}. Pairs of a key and a value, each a word of the
 * machine; both architectures we run on have 64-bit words, little-endian. getauxval(3), proc_pid_auxv(5)
 */
final class AuxiliaryVector {

    private static final int WORD_BYTES = 8;

    /** Ends the vector. include/uapi/linux/auxvec.h, like the next. */
    private static final long AT_NULL = 0;

    private static final long AT_PAGESZ = 6;

    private AuxiliaryVector() {}

    /**
     * The page size.
     *
     * @param auxv the whole file
     * @return bytes, a power of two; -1 if the vector does not say
     */
    static long pageBytes(byte[] auxv) {
        for (int at = 0; at + 2 * WORD_BYTES <= auxv.length; at += 2 * WORD_BYTES) {
            long key = word(auxv, at);
            if (key == AT_NULL) {
                return -1;
            }
            if (key == AT_PAGESZ) {
                long bytes = word(auxv, at + WORD_BYTES);
                return bytes > 0 && Long.bitCount(bytes) == 1 ? bytes : -1;
            }
        }
        return -1;
    }

    private static long word(byte[] bytes, int at) {
        long word = 0;
        for (int i = WORD_BYTES - 1; i >= 0; i--) {
            word = word << Byte.SIZE | (bytes[at + i] & 0xff);
        }
        return word;
    }
}
