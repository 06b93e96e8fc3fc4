// SPDX-License-Identifier: Apache-2.0
package io.memlock.api;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Locks memory of this process, so that the kernel does not swap it out.
 *
 * <pre>{@code
 * ByteBuffer key = ByteBuffer.allocateDirect(32);
 * try (LockedMemory lock = MemoryLocks.lock(key, LockOptions.POPULATED.withoutCoreDump())) {
 *     // key is in RAM, and in no core dump
 * }
 * }</pre>
 *
 * <p>A {@code java.lang.foreign.MemorySegment} (Java 22 and later) is locked by {@code lock(segment.address(),
 * segment.byteSize())}; keep its arena open until the handle is closed. With {@code lock(segment.asByteBuffer())}, up to 2
 * GiB, the handle keeps the memory of an automatic arena.
 *
 * <p>The kernel locks whole pages, and does not count locks: one call of munlock(2) ends all locks on a page. This class
 * counts the handles on each page. A page stays locked until the last handle on it is closed, and after that if the agent
 * is to lock it anyway, as with {@code mode=all}, or if it was locked by the application's own calls before. No handle is
 * affected by the agent's {@code unlock}, or by what its {@code mode} leaves out.
 *
 * <p>Without the agent nothing is locked, the handles say so, and no method fails for that: see {@link #isAvailable}.
 *
 * <p>All methods may be called from any thread. A lock waits for others only while one is being ended, which takes up to a tenth
 * of a second per GiB.
 */
public final class MemoryLocks {

    /** The largest page there is on the systems the agent runs on. */
    private static final long LARGEST_PAGE_BYTES = 64 << 10;

    private MemoryLocks() {}

    /**
     * Checks whether there is an agent in this JVM that can lock. There may be one later: an agent can be attached, and one
     * that lacks memory just now may find some.
     *
     * @return false if nothing can be locked now
     */
    public static boolean isAvailable() {
        try {
            return AgentLink.find() != null;
        } catch (MemoryLockException | OutOfMemoryError | LinkageError e) {
            return false; // this is a question, and no reason to fail
        }
    }

    /**
     * Locks the memory of a direct buffer, and brings all of it into RAM.
     *
     * @param buffer as for {@link #lock(ByteBuffer, LockOptions)}
     * @return to be closed when the lock is to end
     * @throws IllegalArgumentException if the buffer is on the heap, or empty
     * @throws MemoryLockException if the kernel refuses
     */
    public static LockedMemory lock(ByteBuffer buffer) {
        return lock(buffer, LockOptions.POPULATED);
    }

    /**
     * Locks the memory of a direct buffer.
     *
     * <p>All of the buffer is locked, from index 0 to its capacity, wherever its position and limit are, as {@link
     * java.nio.MappedByteBuffer#load} loads all of it. A part is locked as a slice. The buffer's memory is not freed before
     * the handle is closed, also if nobody else keeps the buffer.
     *
     * @param buffer direct, with a capacity of at least 1
     * @param options how to lock it
     * @return to be closed when the lock is to end
     * @throws IllegalArgumentException if the buffer is on the heap, where objects are moved; or if it is empty
     * @throws MemoryLockException if the kernel refuses: the limit on locked memory, memory that was freed
     */
    public static LockedMemory lock(ByteBuffer buffer, LockOptions options) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException(
                    "only a direct buffer has an address to lock, and this one is on the heap,"
                            + " where the collector moves it: use ByteBuffer.allocateDirect");
        }
        if (buffer.capacity() == 0) {
            throw new IllegalArgumentException("the buffer is empty: there is nothing to lock");
        }
        return LockedMemory.lock(new MemoryRange(0, buffer.capacity()), options, buffer);
    }

    /**
     * Locks a range of addresses, and brings all of it into RAM.
     *
     * @param address as for {@link #lock(long, long, LockOptions)}
     * @param bytes as for {@link #lock(long, long, LockOptions)}
     * @return to be closed when the lock is to end
     * @throws IllegalArgumentException if the range is empty or cannot be one
     * @throws MemoryLockException if the kernel refuses
     */
    public static LockedMemory lock(long address, long bytes) {
        return lock(address, bytes, LockOptions.POPULATED);
    }

    /**
     * Locks a range of addresses. It must be mapped, all of it, and must stay so until the handle is closed.
     *
     * @param address of the first byte; need not be at the start of a page
     * @param bytes its length, at least 1; need not be whole pages
     * @param options how to lock it
     * @return to be closed when the lock is to end
     * @throws IllegalArgumentException if the range is empty or cannot be one
     * @throws MemoryLockException if the kernel refuses: the limit on locked memory, a page that is not mapped
     */
    public static LockedMemory lock(long address, long bytes, LockOptions options) {
        // On every system the agent runs on, the addresses that a process can use are positive numbers, and so is the
        // end of the last page.
        if (address <= 0 || bytes <= 0 || address > Long.MAX_VALUE - bytes - LARGEST_PAGE_BYTES) {
            throw new IllegalArgumentException("no range of addresses that could be mapped: " + bytes + " bytes from 0x"
                    + HexFormat.of().toHexDigits(address));
        }
        return LockedMemory.lock(new MemoryRange(address, bytes), options, null);
    }
}
