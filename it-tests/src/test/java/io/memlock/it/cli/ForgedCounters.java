// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.cli;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A file of performance counters as no JVM writes it. HotSpot: {@code perfMemory.hpp}, {@code perfData.hpp}. */
final class ForgedCounters {

    private static final int FILE_BYTES = 1 << 15;
    private static final int PROLOGUE_BYTES = 32;
    private static final int ENTRY_BYTES = 20;
    private static final int NAME_BYTES = 44;

    private final ByteBuffer file = ByteBuffer.allocate(FILE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int entries;

    private ForgedCounters() {
        file.position(PROLOGUE_BYTES);
    }

    /** A lock on everything, to be believed for ever. */
    static byte[] claiming(String selection, long bytes) {
        return new ForgedCounters()
                .number("io.memlock.relocks", 0)
                .number("io.memlock.goodUntil", Long.MAX_VALUE)
                .number("io.memlock.lockedBytes", bytes)
                .number("io.memlock.residentBytes", bytes)
                .number("io.memlock.scanned", 1)
                .entry("io.memlock.selection", 'B', selection.getBytes(StandardCharsets.ISO_8859_1))
                .number("io.memlock.state", 0)
                .finished();
    }

    private ForgedCounters number(String name, long value) {
        return entry(
                name,
                'J',
                ByteBuffer.allocate(Long.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(value)
                        .array());
    }

    private ForgedCounters entry(String name, char type, byte[] value) {
        int start = file.position();
        int length = ENTRY_BYTES + NAME_BYTES + value.length + Long.BYTES & -Long.BYTES;
        file.putInt(length)
                .putInt(ENTRY_BYTES)
                .putInt(type == 'B' ? value.length : 0)
                .put((byte) type)
                .put(new byte[Integer.BYTES - 1])
                .putInt(ENTRY_BYTES + NAME_BYTES);
        file.put(name.getBytes(StandardCharsets.UTF_8));
        file.position(start + ENTRY_BYTES + NAME_BYTES).put(value).position(start + length);
        entries++;
        return this;
    }

    private byte[] finished() {
        int used = file.position();
        ByteBuffer.wrap(file.array()).putInt(0xcafec0c0);
        file.put(4, (byte) 1).put(5, (byte) 2).putInt(8, used).putInt(24, PROLOGUE_BYTES);
        file.putInt(28, entries);
        return file.array();
    }
}
