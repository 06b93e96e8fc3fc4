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

    /** The value of a counter that is not there. */
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
    private static final int BYTE = 'B';

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
        int at = placeOf(file, name);
        return at < 0 ? UNKNOWN : ByteBuffer.wrap(file).order(order(file)).getLong(at);
    }

    private static ByteOrder order(byte[] file) {
        return file[BYTE_ORDER_AT] == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    /**
     * Finds where a counter that is one number has its value.
     *
     * @param name as {@code sun.gc.collector.0.invocations}
     * @return its place in the file, -1 if there is none or the file is not understood
     */
    static int placeOf(byte[] file, String name) {
        return placeOf(file, name, LONG);
    }

    /**
     * Finds a counter that is a text.
     *
     * @param name as {@code java.property.java.version}
     * @return its value up to the first 0, null if there is none or the file is not understood
     */
    public static String text(byte[] file, String name) {
        int from = placeOf(file, name, BYTE);
        if (from < 0) {
            return null;
        }
        int end = from;
        while (end < file.length && file[end] != 0) {
            end++;
        }
        return new String(file, from, end - from, StandardCharsets.ISO_8859_1);
    }

    private static int placeOf(byte[] file, String name, int type) {
        if (file.length < PROLOGUE_BYTES || ByteBuffer.wrap(file).getInt(0) != MAGIC || file[MAJOR_AT] != MAJOR) {
            return -1;
        }
        ByteBuffer data = ByteBuffer.wrap(file).order(order(file));
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        int end = Math.min(data.getInt(USED_AT), file.length);
        int at = data.getInt(ENTRIES_FROM_AT);
        for (int left = data.getInt(ENTRIES_AT); left > 0; left--) {
            if (at < 0 || at > end - ENTRY_BYTES) {
                return -1;
            }
            int length = data.getInt(at);
            if (length < ENTRY_BYTES || length > end - at) {
                return -1;
            }
            boolean isOfType = file[at + TYPE_AT] == type && data.getInt(at + ELEMENTS_AT) == 0 == (type == LONG);
            int value = data.getInt(at + VALUE_AT);
            if (isOfType && isNamed(file, at + data.getInt(at + NAME_AT), at + length, wanted)) {
                return value >= 0 && value <= length - (type == LONG ? Long.BYTES : 1) ? at + value : -1;
            }
            at += length;
        }
        return -1;
    }

    private static boolean isNamed(byte[] file, int from, int end, byte[] name) {
        return from >= 0
                && from <= end - name.length - 1
                && file[from + name.length] == 0
                && Arrays.equals(file, from, from + name.length, name, 0, name.length);
    }
}
