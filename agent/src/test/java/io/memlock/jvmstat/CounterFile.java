// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvmstat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Writes performance counters as a JVM does. */
final class CounterFile {

    private static final int PROLOGUE_BYTES = 32;
    private static final int ENTRY_BYTES = 20;

    private CounterFile() {}

    static byte[] of(ByteOrder order, Map<String, Long> counters) {
        ByteBuffer data = ByteBuffer.allocate(4096);
        data.putInt(0, 0xcafec0c0);
        data.put(4, (byte) (order == ByteOrder.BIG_ENDIAN ? 0 : 1)).put(5, (byte) 2);
        data.order(order).putInt(24, PROLOGUE_BYTES).putInt(28, counters.size()).position(PROLOGUE_BYTES);
        counters.forEach((name, value) -> entry(data, name, value));
        return Arrays.copyOf(data.putInt(8, data.position()).array(), data.position());
    }

    private static void entry(ByteBuffer data, String name, long value) {
        int valueAt = (ENTRY_BYTES + name.length() + 1 + 7) / 8 * 8;
        int at = data.position();
        data.putInt(valueAt + 8).putInt(ENTRY_BYTES).putInt(0);
        data.put((byte) 'J').put((byte) 1).put((byte) 4).put((byte) 2).putInt(valueAt);
        data.put(name.getBytes(StandardCharsets.UTF_8));
        data.putLong(at + valueAt, value).position(at + valueAt + 8);
    }
}
