// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.Mapping;
import io.memlock.vmstructs.ElfImage;
import io.memlock.vmstructs.Memory;
import io.memlock.vmstructs.MemorySnapshot;
import io.memlock.vmstructs.VmStructs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The memory of a JVM as far as HotSpot's tables for debuggers describe it: a library with the tables (elf(5),
 * vmStructs.hpp), and the objects a test puts there. What is nowhere put is not mapped.
 */
final class FakeHotSpot implements Memory {

    static final long LIBJVM = 0x7f00_0000_0000L;

    private static final int PAGE = 4096;
    private static final long DYNAMIC = LIBJVM + 0x1000;
    private static final long SYMBOLS = LIBJVM + 0x2000;
    private static final long STRINGS = LIBJVM + 0x8000;
    private static final long FIELD_BYTES = 48;
    private static final long CONSTANT_BYTES = 16;

    private final Map<Long, ByteBuffer> pages = new HashMap<>();
    private final List<long[]> fields = new ArrayList<>();
    private final List<long[]> constants = new ArrayList<>();
    private long nextText = LIBJVM + 0x10_0000;
    private long nextData = LIBJVM + 0x20_0000;

    /** A variable of HotSpot's, and what it holds. */
    FakeHotSpot variable(String name, long value) {
        long address = data(Long.BYTES);
        word(address, value);
        fields.add(new long[] {typeOf(name), fieldOf(name), 1, 0, address});
        return this;
    }

    /** A field of HotSpot's objects. */
    FakeHotSpot field(String name, long offset) {
        fields.add(new long[] {typeOf(name), fieldOf(name), 0, offset, 0});
        return this;
    }

    FakeHotSpot constant(String name, int value) {
        constants.add(new long[] {text(name), value});
        return this;
    }

    /** Memory for an object. */
    long data(long bytes) {
        long address = nextData;
        nextData += bytes;
        for (long at = address; at < nextData; at += Long.BYTES) {
            word(at, 0);
        }
        return address;
    }

    void word(long address, long value) {
        page(address).putLong((int) (address % PAGE), value);
    }

    void int32(long address, int value) {
        page(address).putInt((int) (address % PAGE), value);
    }

    /** Where the library is mapped. */
    static Mapping libjvm() {
        return CapturedMaps.mapping("7f0000000000-7f0000400000 r-xp 00000000 fe:00 1 /jdk/lib/server/libjvm.so");
    }

    MemorySnapshot snapshot() {
        return new MemorySnapshot(this);
    }

    /** The tables, as far as they are asked for. */
    VmStructs structs(Set<String> wanted) throws IOException {
        link();
        return new VmStructs(snapshot(), new ElfImage(snapshot(), LIBJVM), wanted, VmRanges.CONSTANTS);
    }

    /** Writes the library with all that was declared so far. */
    void link() {
        int32(LIBJVM, 0x464c457f);
        word(LIBJVM + 32, 64);
        int32(LIBJVM + 52, 56 << 16);
        int32(LIBJVM + 56, 2);
        int32(LIBJVM + 64, 1);
        int32(LIBJVM + 64 + 56, 2);
        word(LIBJVM + 64 + 56 + 16, DYNAMIC - LIBJVM);
        dynamic(0, 5, STRINGS);
        dynamic(1, 6, SYMBOLS);
        dynamic(2, 10, 0x8000);
        dynamic(3, 0, 0);
        Map<String, Long> numbers = new HashMap<>();
        numbers.put("StructEntryTypeNameOffset", 0L);
        numbers.put("StructEntryFieldNameOffset", 8L);
        numbers.put("StructEntryIsStaticOffset", 16L);
        numbers.put("StructEntryOffsetOffset", 24L);
        numbers.put("StructEntryAddressOffset", 32L);
        numbers.put("StructEntryArrayStride", FIELD_BYTES);
        numbers.put("Structs", table(fields, FIELD_BYTES));
        numbers.put("IntConstantEntryNameOffset", 0L);
        numbers.put("IntConstantEntryValueOffset", 8L);
        numbers.put("IntConstantEntryArrayStride", CONSTANT_BYTES);
        numbers.put("IntConstants", table(constants, CONSTANT_BYTES));
        for (long at = SYMBOLS; at < STRINGS; at += Long.BYTES) {
            word(at, 0);
        }
        long symbol = SYMBOLS;
        long name = STRINGS + 1;
        word(STRINGS, 0);
        for (Map.Entry<String, Long> number : numbers.entrySet()) {
            long address = data(Long.BYTES);
            word(address, number.getValue());
            int32(symbol, (int) (name - STRINGS));
            word(symbol + 8, address - LIBJVM);
            name = put(name, "gHotSpotVM" + number.getKey());
            symbol += 24;
        }
    }

    private long table(List<long[]> rows, long stride) {
        long table = data((rows.size() + 1) * stride);
        for (int i = 0; i < rows.size(); i++) {
            for (int column = 0; column < rows.get(i).length; column++) {
                word(table + i * stride + column * 8L, rows.get(i)[column]);
            }
        }
        return table;
    }

    private void dynamic(int index, long tag, long value) {
        word(DYNAMIC + index * 16L, tag);
        word(DYNAMIC + index * 16L + 8, value);
    }

    private long typeOf(String name) {
        return text(name.substring(0, name.lastIndexOf("::")));
    }

    private long fieldOf(String name) {
        return text(name.substring(name.lastIndexOf("::") + 2));
    }

    private long text(String text) {
        long address = nextText;
        nextText = put(address, text);
        return address;
    }

    /** Returns the address behind it. */
    private long put(long address, String text) {
        long at = address;
        for (byte letter : (text + "\0").getBytes(StandardCharsets.US_ASCII)) {
            page(at).put((int) (at % PAGE), letter);
            at++;
        }
        return at;
    }

    private ByteBuffer page(long address) {
        return pages.computeIfAbsent(
                address & -PAGE, start -> ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN));
    }

    @Override
    public void read(long address, byte[] into) throws IOException {
        ByteBuffer page = pages.get(address & -PAGE);
        if (page == null) {
            throw new IOException("nothing is mapped at " + Long.toHexString(address));
        }
        page.get((int) (address % PAGE), into);
    }
}
