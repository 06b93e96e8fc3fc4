// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvmstat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes a file of performance counters that says whatever a test likes. HotSpot: {@code perfMemory.hpp}, {@code perfData.hpp}. */
public final class CounterFile {

    private static final int PROLOGUE_BYTES = 32;
    private static final int ENTRY_BYTES = 20;

    private final ByteBuffer file;
    private int entries;

    public CounterFile() {
        this(ByteOrder.LITTLE_ENDIAN);
    }

    CounterFile(ByteOrder order) {
        file = ByteBuffer.allocate(1 << 18).order(order).position(PROLOGUE_BYTES);
    }

    public CounterFile number(String name, long value) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(file.order());
        return entry(name, 'J', bytes.putLong(value).array());
    }

    public CounterFile text(String name, String text) {
        return entry(name, 'B', (text + "\0").getBytes(StandardCharsets.ISO_8859_1));
    }

    private CounterFile entry(String name, char type, byte[] value) {
        int start = file.position();
        int nameEnd = ENTRY_BYTES + name.length() + 1;
        int valueAt = type == 'B' ? nameEnd : nameEnd + 7 & -8;
        int length = valueAt + value.length + 7 & -8;
        file.putInt(length).putInt(ENTRY_BYTES).putInt(type == 'B' ? value.length : 0);
        file.put((byte) type).put(new byte[3]).putInt(valueAt);
        file.put(name.getBytes(StandardCharsets.US_ASCII));
        file.position(start + valueAt).put(value).position(start + length);
        entries++;
        return this;
    }

    public byte[] bytes() {
        byte[] bytes = new byte[file.position()];
        file.get(0, bytes);
        ByteBuffer prologue = ByteBuffer.wrap(bytes).putInt(0, 0xcafec0c0).order(file.order());
        prologue.put(4, (byte) (file.order() == ByteOrder.BIG_ENDIAN ? 0 : 1)).put(5, (byte) 2);
        prologue.putInt(8, bytes.length).putInt(24, PROLOGUE_BYTES).putInt(28, entries);
        return bytes;
    }
}
