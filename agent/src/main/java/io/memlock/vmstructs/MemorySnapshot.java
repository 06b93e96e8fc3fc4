// SPDX-License-Identifier: Apache-2.0
package io.memlock.vmstructs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads memory block by block, so that neighbouring values cost one system call. A value stays as it was when its block
 * was first read, until very many blocks have been read; take a new snapshot to see changes.
 */
public final class MemorySnapshot {

    /** The smallest page: a block never reaches into memory that is not there. */
    private static final int PAGE_BYTES = 4096;

    /** For values that lie alone: what is read beside them is garbage of a JVM that may count its garbage. */
    private static final int HEADER_BYTES = 64;

    private static final int LONGEST_STRING = 256;

    /** 16 MiB. More is read only of a JVM with very many classes, or by one that leads us on through all of its memory. */
    private static final int MOST_BLOCKS = 4096;

    /** Of a small heap the snapshot takes a sixteenth at most, and reads anew what it had to forget. */
    private static final int SHARE_OF_HEAP = 16;

    private final Memory memory;
    private final int blockBytes;
    private final Map<Long, byte[]> blocks = new HashMap<>();
    private final long mostBlocks =
            Math.min(MOST_BLOCKS, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP / PAGE_BYTES);
    private final byte[] scratch = new byte[LONGEST_STRING]; // some thousand strings are read in one go

    /** The two blocks that were used last: a table and the strings it points to are read in turn. */
    private byte[] last;

    private byte[] before;
    private long lastStart = -1;
    private long beforeStart = -1;

    public MemorySnapshot(Memory memory) {
        this(memory, PAGE_BYTES);
    }

    private MemorySnapshot(Memory memory, int blockBytes) {
        this.memory = memory;
        this.blockBytes = blockBytes;
    }

    /** Returns a snapshot for short headers that lie far from each other: it reads no more than a cache line of each. */
    public static MemorySnapshot ofHeaders(Memory memory) {
        return new MemorySnapshot(memory, HEADER_BYTES);
    }

    /** Returns a snapshot of the same memory as it is now, as {@link #ofHeaders} makes it. */
    public MemorySnapshot ofHeadersNow() {
        return ofHeaders(memory);
    }

    /** Returns a pointer or another number of eight bytes. */
    public long word(long address) throws IOException {
        int at = offset(address);
        if (at <= blockBytes - Long.BYTES) {
            byte[] block = block(address);
            return (int32(block, at) & 0xffff_ffffL) | (long) int32(block, at + Integer.BYTES) << 32;
        }
        return (int32(address) & 0xffff_ffffL) | (long) int32(address + Integer.BYTES) << 32;
    }

    public int int32(long address) throws IOException {
        int at = offset(address);
        if (at <= blockBytes - Integer.BYTES) {
            return int32(block(address), at);
        }
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value |= (int8(address + i) & 0xff) << (8 * i);
        }
        return value;
    }

    private static int int32(byte[] block, int at) {
        return (block[at] & 0xff) | (block[at + 1] & 0xff) << 8 | (block[at + 2] & 0xff) << 16 | block[at + 3] << 24;
    }

    /** Returns a number of two bytes, unsigned. */
    int uint16(long address) throws IOException {
        return (int8(address) & 0xff) | (int8(address + 1) & 0xff) << 8;
    }

    byte int8(long address) throws IOException {
        return block(address)[offset(address)];
    }

    /** Returns a C string; one that does not end is cut. */
    String string(long address) throws IOException {
        byte[] bytes = scratch;
        int length = 0;
        while (length < bytes.length) {
            byte[] block = block(address + length);
            for (int i = offset(address + length); i < blockBytes && length < bytes.length; i++) {
                byte next = block[i];
                if (next == 0) {
                    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
                }
                bytes[length++] = next;
            }
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Returns whether the C string at an address starts with a prefix; most do not, and that is seen at the first byte. */
    boolean startsWith(long address, byte[] prefix) throws IOException {
        for (int i = 0; i < prefix.length; i++) {
            if (int8(address + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    private int offset(long address) {
        return (int) (address & (blockBytes - 1));
    }

    private byte[] block(long address) throws IOException {
        long start = address & -blockBytes;
        if (start == lastStart) {
            return last;
        }
        byte[] block = start == beforeStart ? before : read(start);
        before = last;
        beforeStart = lastStart;
        last = block;
        lastStart = start;
        return block;
    }

    private byte[] read(long start) throws IOException {
        byte[] block = blocks.get(start);
        if (block == null) {
            block = new byte[blockBytes];
            memory.read(start, block);
            if (blocks.size() >= mostBlocks) {
                blocks.clear();
            }
            blocks.put(start, block);
        }
        return block;
    }
}
