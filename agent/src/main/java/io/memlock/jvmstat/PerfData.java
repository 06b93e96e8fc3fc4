// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvmstat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The performance counters of a JVM, as they are in its file. HotSpot: {@code perfMemory.hpp}, {@code PerfDataPrologue};
 * {@code perfData.hpp}, {@code PerfDataEntry}; version 2.0 since JDK 5.
 */
public final class PerfData {

    /** Not there. */
    public static final long UNKNOWN = -1;

    private static final int MAGIC = 0xcafec0c0;
    private static final int BYTE_ORDER_AT = 4;
    private static final int MAJOR_AT = 5;
    private static final int USED_AT = 8;
    private static final int ENTRIES_FROM_AT = 24;
    private static final int ENTRIES_AT = 28;
    private static final int PROLOGUE_BYTES = 32;

    private static final int MAJOR = 2;
    private static final int LONG = 'J';

    /** In an entry: its length, then where its name is, the number of elements, the type, and where its value is. */
    private static final int NAME_AT = 4;

    private static final int ELEMENTS_AT = 8;
    private static final int TYPE_AT = 12;
    private static final int VALUE_AT = 16;
    private static final int ENTRY_BYTES = 20;

    private PerfData() {}

    /**
     * Finds a counter that is one number.
     *
     * @param file the whole file; the JVM may be writing to it
     * @param name as {@code sun.gc.collector.0.invocations}
     * @return its value, {@link #UNKNOWN} if there is none or the file is not understood
     */
    public static long counter(byte[] file, String name) {
        if (file.length < PROLOGUE_BYTES || ByteBuffer.wrap(file).getInt(0) != MAGIC || file[MAJOR_AT] != MAJOR) {
            return UNKNOWN;
        }
        ByteBuffer data =
                ByteBuffer.wrap(file).order(file[BYTE_ORDER_AT] == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        int end = Math.min(data.getInt(USED_AT), file.length);
        int at = data.getInt(ENTRIES_FROM_AT);
        for (int left = data.getInt(ENTRIES_AT); left > 0; left--) {
            if (at < 0 || at > end - ENTRY_BYTES) {
                return UNKNOWN;
            }
            int length = data.getInt(at);
            if (length < ENTRY_BYTES || length > end - at) {
                return UNKNOWN;
            }
            boolean isNumber = file[at + TYPE_AT] == LONG && data.getInt(at + ELEMENTS_AT) == 0;
            int value = data.getInt(at + VALUE_AT);
            if (isNumber && isNamed(file, at + data.getInt(at + NAME_AT), at + length, wanted)) {
                return value >= 0 && value <= length - Long.BYTES ? data.getLong(at + value) : UNKNOWN;
            }
            at += length;
        }
        return UNKNOWN;
    }

    private static boolean isNamed(byte[] file, int from, int end, byte[] name) {
        return from >= 0
                && from <= end - name.length - 1
                && file[from + name.length] == 0
                && Arrays.equals(file, from, from + name.length, name, 0, name.length);
    }
}
