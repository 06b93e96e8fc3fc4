// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.calls.HeldPages.Manner;
import io.memlock.calls.HeldPages.Range;
import io.memlock.manners.OwnPermissions;
import io.memlock.os.NativeAccess;
import io.memlock.process.ThisProcess;
import io.memlock.ranges.RangeLocker;
import io.memlock.state.LockFailure;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Carries out what {@code io.memlock.api} asks for, as {@link io.memlock.bootstrap.RangeLocks#find} describes it. It
 * neither returns nor throws anything of ours, because the application that calls must not get hold of our class
 * loader.
 */
final class RangeLockService {

    private static final String NOT_DONE = "NOT LOCKED";

    /** Its address may belong to somebody else by now. */
    private static final String FREED =
            NOT_DONE + ": the buffer's memory was freed, as the arena of its memory segment is"
                    + " closed. To fix: lock it while the arena is open, and close the handle before the arena";

    private final RangeLocker locker;
    private final AtomicLong lastNumber = new AtomicLong();
    private final Map<Long, Lock> open = new ConcurrentHashMap<>();

    RangeLockService(RangeLocker locker) {
        this.locker = locker;
    }

    /**
     * An open lock.
     *
     * @param buffer whose memory it is, so that it is not freed and used anew under the lock; or null
     */
    private record Lock(Range pages, Manner manner, ByteBuffer buffer) {}

    /** Returns the way to the service of this process. */
    static MethodHandle of(ThisProcess process) {
        return new RangeLockService(process.newRangeLocker()).handle();
    }

    /** Returns a handle that is bound to this service and does not show it. */
    MethodHandle handle() {
        MethodType type = MethodType.methodType(
                Object.class, String.class, long.class, long.class, boolean.class, boolean.class, ByteBuffer.class);
        try {
            return MethodHandles.lookup().bind(this, "carryOut", type);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Carries out one request, for the handle. */
    @SuppressWarnings("UnusedMethod")
    private Object carryOut(
            String operation, long first, long second, boolean onFault, boolean hidden, ByteBuffer buffer) {
        Request request = new Request(operation, first, second, new Manner(!onFault, hidden), buffer);
        OwnPermissions.of(request).run();
        return request.answer;
    }

    /** A request that is carried out with the agent's permissions. */
    private final class Request implements Runnable {

        private final String operation;
        private final long first;
        private final long second;
        private final Manner manner;
        private final ByteBuffer buffer;
        private Object answer;

        private Request(String operation, long first, long second, Manner manner, ByteBuffer buffer) {
            this.operation = operation;
            this.first = first;
            this.second = second;
            this.manner = manner;
            this.buffer = buffer;
        }

        @Override
        public void run() {
            try {
                answer = answer();
            } catch (Exception | LinkageError e) {
                answer = failed() + ": the agent failed: " + e;
            }
        }

        /** Returns what is so if the request failed: only a lock is not held then. */
        private String failed() {
            return switch (operation) {
                case "unlock" -> "STILL LOCKED";
                case "lockedBytes" -> "LOCKED, AND NOT KNOWN HOW MUCH OF IT IS IN RAM";
                default -> NOT_DONE;
            };
        }

        private Object answer() throws IOException {
            return switch (operation) {
                case "lock" -> lock();
                case "unlock" -> unlock();
                case "lockedBytes" -> lockedBytes();
                default -> NOT_DONE + ": this version of memlock-agent cannot do what is asked for: " + operation;
            };
        }

        private Object lock() {
            if (buffer != null && BufferLife.isOver(buffer)) {
                return FREED;
            }
            long address = buffer == null ? first : NativeAccess.addressOf(buffer);
            long bytes = buffer == null ? second : buffer.capacity();
            Range pages = locker.pagesOf(address, bytes);
            // Made before the lock is taken, after which nothing may fail.
            Long number = lastNumber.incrementAndGet();
            long[] numbers = {number, address, bytes, pages.start(), pages.end() - pages.start()};
            Lock lock = new Lock(pages, manner, buffer);
            LockFailure failure = locker.lock(pages, manner);
            if (failure != null) {
                return failure.text(NOT_DONE);
            }
            try {
                open.put(number, lock);
            } catch (OutOfMemoryError e) {
                locker.unlock(pages, manner);
                throw e;
            }
            return numbers;
        }

        private Object unlock() {
            Long number = first; // boxed once: where the heap is too full for that, nothing is unlocked yet
            Lock lock = open.get(number);
            if (lock != null) {
                unlock(number, lock);
            }
            return null;
        }

        private void unlock(Long number, Lock lock) {
            synchronized (lock) { // two may ask for it at once
                if (open.containsKey(number)) {
                    locker.unlock(lock.pages, lock.manner);
                    open.remove(number); // not before: in a full heap it may stay locked, and can be asked for again
                }
            }
        }

        private Object lockedBytes() throws IOException {
            Lock lock = open.get(first);
            return lock == null ? 0L : locker.lockedBytes(lock.pages);
        }
    }
}
