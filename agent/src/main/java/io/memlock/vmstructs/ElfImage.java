// SPDX-License-Identifier: Apache-2.0
package io.memlock.vmstructs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads a library as the dynamic linker laid it out in memory, because its file may be deleted or in another mount
 * namespace. 64-bit, little-endian. elf(5)
 */
public final class ElfImage {

    private static final int MAGIC = 0x464c457f; // 0x7f E L F
    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int DT_NULL = 0;
    private static final int DT_STRTAB = 5;
    private static final int DT_SYMTAB = 6;
    private static final int DT_STRSZ = 10;
    private static final int SYMBOL_BYTES = 24;
    private static final int DYNAMIC_BYTES = 16;
    private static final int MOST_DYNAMICS = 256;

    /** libjvm.so exports 2,000. A table that goes on and on is not a linker's. */
    private static final int MOST_SYMBOLS = 200_000;

    private final MemorySnapshot memory;
    private final long base;
    private final long dynamic;
    private final long dataFileEnd;
    private final long dataEnd;

    /**
     * Reads the headers.
     *
     * @param memory where the library is
     * @param start where its file is mapped from offset 0 on
     * @throws IOException if it cannot be read or is not such a library
     */
    public ElfImage(MemorySnapshot memory, long start) throws IOException {
        this.memory = memory;
        if (memory.int32(start) != MAGIC) {
            throw new IOException("no ELF header at " + Long.toHexString(start));
        }
        long header = start + memory.word(start + 32);
        int headerBytes = memory.uint16(start + 54);
        int headers = memory.uint16(start + 56);
        long firstAddress = -1;
        long dynamicAddress = 0;
        long fileEnd = 0;
        long memoryEnd = 0;
        for (int i = 0; i < headers; i++, header += headerBytes) {
            int type = memory.int32(header);
            long address = memory.word(header + 16);
            if (type == PT_DYNAMIC) {
                dynamicAddress = address;
            } else if (type == PT_LOAD) {
                firstAddress = firstAddress < 0 ? address : firstAddress;
                fileEnd = address + memory.word(header + 32);
                memoryEnd = address + memory.word(header + 40);
            }
        }
        // A program that is not position-independent is linked at its addresses: then base is 0.
        base = start - Math.max(firstAddress, 0);
        dynamic = base + dynamicAddress;
        dataFileEnd = base + fileEnd;
        dataEnd = base + memoryEnd;
    }

    /** Returns where the part of the last segment ends that comes from the file. */
    public long dataFileEnd() {
        return dataFileEnd;
    }

    /** Returns where the zero-initialised data ends. */
    public long dataEnd() {
        return dataEnd;
    }

    /**
     * Returns the dynamic symbols whose names start with a prefix.
     *
     * @return addresses by name
     */
    Map<String, Long> symbols(String prefix) throws IOException {
        long strings = 0;
        long symbols = 0;
        long stringBytes = 0;
        for (int i = 0; i < MOST_DYNAMICS; i++) {
            long entry = dynamic + (long) i * DYNAMIC_BYTES;
            int tag = (int) memory.word(entry);
            long value = memory.word(entry + 8);
            switch (tag) {
                case DT_STRTAB -> strings = relocated(value);
                case DT_SYMTAB -> symbols = relocated(value);
                case DT_STRSZ -> stringBytes = value;
                default -> {}
            }
            if (tag == DT_NULL) {
                break;
            }
        }
        if (symbols <= 0 || strings < symbols || strings - symbols > (long) MOST_SYMBOLS * SYMBOL_BYTES) {
            throw new IOException("the symbol table is not where linkers put it, before its strings");
        }
        // Nothing says how many symbols there are; linkers put the strings behind them, with small tables between.
        Map<String, Long> found = new HashMap<>();
        byte[] start = prefix.getBytes(StandardCharsets.US_ASCII);
        for (long symbol = symbols; symbol + SYMBOL_BYTES <= strings; symbol += SYMBOL_BYTES) {
            long name = memory.int32(symbol) & 0xffff_ffffL;
            if (name < stringBytes && memory.startsWith(strings + name, start)) {
                found.putIfAbsent(memory.string(strings + name), base + memory.word(symbol + 8));
            }
        }
        return found;
    }

    /** Returns an address. glibc stores addresses here, other linkers leave offsets. */
    private long relocated(long value) {
        return Long.compareUnsigned(value, base) < 0 ? base + value : value;
    }
}
