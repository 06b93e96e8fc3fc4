// SPDX-License-Identifier: Apache-2.0
package io.memlock.api;

import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Holds a range locked until it is closed. A handle that is not closed holds its range, and keeps the buffer it was
 * made from, until the JVM ends.
 */
public final class LockedMemory implements AutoCloseable {

    private static final MemoryRange NOTHING = new MemoryRange(0, 0);

    /** Null if nothing was locked, because there was no agent. */
    private final MethodHandle agent;

    private final MemoryRange requested;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    /**
     * What the agent answered: the number by which it knows this lock, the address and the bytes asked for, and those of the
     * pages. The handle is made before the agent locks, after which no memory may be needed: in a full heap the lock would
     * be held for good, and by nobody.
     */
    private volatile long[] locked;

    private LockedMemory(MethodHandle agent, MemoryRange requested) {
        this.agent = agent;
        this.requested = requested;
    }

    static LockedMemory lock(MemoryRange range, LockOptions options, ByteBuffer buffer) {
        boolean isOnFault = options.isOnFault();
        boolean isHidden = !options.isInCoreDump();
        MethodHandle agent = AgentLink.find();
        LockedMemory memory = new LockedMemory(agent, range);
        if (agent == null) {
            return memory;
        }
        Object answer = AgentLink.call(agent, "lock", range.address(), range.bytes(), isOnFault, isHidden, buffer);
        if (answer instanceof long[] lock) {
            memory.locked = lock;
            return memory;
        }
        throw new MemoryLockException(String.valueOf(answer));
    }

    /**
     * Returns the range that was asked for.
     *
     * @return of a buffer, its address and capacity; without an agent the address of a buffer is 0
     */
    public MemoryRange requested() {
        return agent == null ? requested : new MemoryRange(locked[1], locked[2]);
    }

    /**
     * Returns the whole pages that hold the range, which is what was locked.
     *
     * @return an empty range without an agent
     */
    public MemoryRange pages() {
        return agent == null ? NOTHING : new MemoryRange(locked[3], locked[4]);
    }

    /** Checks whether the lock is held: by an agent, and not closed yet. */
    public boolean isLocked() {
        return agent != null && !isClosed.get();
    }

    /**
     * Asks the kernel how much of the {@link #pages} is in RAM and locked now. Reads {@code /proc/self/maps} and pagemap,
     * which takes up to a millisecond, and more for a range of GiB.
     *
     * @return bytes; with {@link LockOptions#POPULATED} that of all pages, if nobody has unlocked or unmapped them; with
     *     {@link LockOptions#ON_FAULT} that of the pages touched so far. 0 if the lock is not held
     * @throws MemoryLockException if {@code /proc/self} cannot be read, or the kernel does not tell what is locked; the lock is
     *     held all the same
     */
    public long lockedBytes() {
        if (!isLocked()) {
            return 0;
        }
        Object answer = AgentLink.call(agent, "lockedBytes", locked[0], 0, false, false, null);
        if (answer instanceof Long bytes) {
            return bytes;
        }
        throw new MemoryLockException(String.valueOf(answer));
    }

    /**
     * Ends the lock. Pages that nobody else holds are unlocked; see {@link MemoryLocks}. Does nothing the second time.
     *
     * <p>Close it before the memory is unmapped. Pages that are not mapped any more are passed over. What else is mapped there
     * by then stays locked if the agent or another handle wants it; a lock that the application took there by its own call of
     * mlock(2) is lost, because the kernel does not tell whose it is.
     *
     * @throws OutOfMemoryError if the heap is too full for it. The lock counts as held then, though some of it may be unlocked
     *     already, and can be closed again
     * @throws MemoryLockException if the agent fails; as with OutOfMemoryError
     */
    @Override
    public void close() {
        if (agent == null || !isClosed.compareAndSet(false, true)) {
            return;
        }
        try {
            Object answer = AgentLink.call(agent, "unlock", locked[0], 0, false, false, null);
            if (answer != null) {
                throw new MemoryLockException(String.valueOf(answer));
            }
        } catch (RuntimeException | Error e) {
            isClosed.set(false);
            throw e;
        }
    }

    /** Returns the range asked for, and whether it is locked. */
    @Override
    public String toString() {
        return (isLocked() ? "locked " : "not locked ") + requested();
    }
}
