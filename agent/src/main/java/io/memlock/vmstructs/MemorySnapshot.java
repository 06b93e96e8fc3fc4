// SPDX-License-Identifier: Apache-2.0
package io.memlock.vmstructs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
    private final Map<Long, ByteBuffer> blocks = new HashMap<>();
    private final long mostBlocks =
            Math.min(MOST_BLOCKS, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP / PAGE_BYTES);
    private final byte[] scratch = new byte[LONGEST_STRING]; // some thousand strings are read in one go
    private long lastStart = -1;
    private ByteBuffer last;

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

    /** Returns a pointer or another number of eight bytes. */
    public long word(long address) throws IOException {
        int offset = offset(address);
        if (offset <= blockBytes - Long.BYTES) {
            return block(address).getLong(offset);
        }
        return (int32(address) & 0xffff_ffffL) | (long) int32(address + Integer.BYTES) << 32;
    }

    public int int32(long address) throws IOException {
        int offset = offset(address);
        if (offset <= blockBytes - Integer.BYTES) {
            return block(address).getInt(offset);
        }
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value |= (int8(address + i) & 0xff) << (8 * i);
        }
        return value;
    }

    /** Returns a number of two bytes, unsigned. */
    int uint16(long address) throws IOException {
        return (int8(address) & 0xff) | (int8(address + 1) & 0xff) << 8;
    }

    byte int8(long address) throws IOException {
        return block(address).get(offset(address));
    }

    /** Returns a C string; one that does not end is cut. */
    String string(long address) throws IOException {
        byte[] bytes = scratch;
        int length = 0;
        while (length < bytes.length) {
            ByteBuffer block = block(address + length);
            for (int i = offset(address + length); i < blockBytes && length < bytes.length; i++) {
                byte next = block.get(i);
                if (next == 0) {
                    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
                }
                bytes[length++] = next;
            }
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Returns whether the C string at an address starts with a prefix; most do not, and that is seen at the first byte. */
    boolean startsWith(long address, String prefix) throws IOException {
        for (int i = 0; i < prefix.length(); i++) {
            if (int8(address + i) != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private int offset(long address) {
        return (int) (address & (blockBytes - 1));
    }

    private ByteBuffer block(long address) throws IOException {
        long start = address & -blockBytes;
        if (start != lastStart) {
            ByteBuffer block = blocks.get(start);
            if (block == null) {
                byte[] bytes = new byte[blockBytes];
                memory.read(start, bytes);
                if (blocks.size() >= mostBlocks) {
                    blocks.clear();
                }
                block = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
                blocks.put(start, block);
            }
            last = block;
            lastStart = start;
        }
        return last;
    }
}
