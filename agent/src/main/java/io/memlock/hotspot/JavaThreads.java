// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.Evidence;
import io.memlock.memory.Region;
import io.memlock.vmstructs.MemorySnapshot;
import io.memlock.vmstructs.VmStructs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the stacks of Java threads, from HotSpot's list of them. Threads may start and end while it reads: HotSpot
 * makes a new list instead of changing one, and threads that have ended are skipped. The list that was replaced is freed, and
 * so are those threads: what was read is read again if there is another list by then.
 */
final class JavaThreads {

    static final Set<String> FIELDS = Set.of(
            "ThreadsSMRSupport::_java_thread_list",
            "ThreadsList::_length",
            "ThreadsList::_threads",
            "JavaThread::_stack_base",
            "JavaThread::_stack_size",
            "JavaThread::_osthread",
            "Thread::_osthread",
            "OSThread::_thread_id");

    private static final int MOST_THREADS = 1 << 20;

    /** A larger stack is none, but memory that was freed. -Xss allows 1 GiB, but the constructor of a thread takes any size. */
    private static final long MOST_STACK_BYTES = 64L << 30;

    /** How often the list is read at most where it is replaced meanwhile. */
    private static final int READINGS = 3;

    private final VmStructs structs;

    /** The offset of what the system knows of a thread; -1 if this JVM does not tell. */
    private final long osThread;

    private long[] listed = {};
    private List<KnownRange> stacks = List.of();
    private Set<Integer> threadIds = Set.of();

    JavaThreads(VmStructs structs) {
        this.structs = structs;
        this.osThread = structs.fieldOfAny("JavaThread::_osthread", "Thread::_osthread"); // the latter from JDK 20 on
    }

    /**
     * Reads the list again, and the threads if it changed.
     *
     * @param memory to read through
     * @return whether it changed
     * @throws IOException if this JVM does not tell, or the list is replaced again and again
     */
    boolean refresh(MemorySnapshot memory) throws IOException {
        MemorySnapshot current = memory;
        boolean isChanged = false;
        for (int reading = 1; reading < READINGS; reading++) {
            try {
                isChanged |= read(current);
                if (listed.length > 0 || !isReplaced(current)) {
                    return isChanged;
                }
            } catch (IOException e) {
                if (!isReplaced(current)) {
                    throw e;
                }
            }
            current = memory.ofHeadersNow();
        }
        return read(current) || isChanged;
    }

    private boolean read(MemorySnapshot memory) throws IOException {
        long[] now = list(memory);
        if (Arrays.equals(now, listed)) {
            return false;
        }
        MemorySnapshot headers = memory.ofHeadersNow();
        List<KnownRange> newStacks = new ArrayList<>(now.length);
        Set<Integer> newIds = new HashSet<>();
        long base = structs.field("JavaThread::_stack_base");
        long size = structs.field("JavaThread::_stack_size");
        for (long thread : now) {
            try {
                long stackEnd = headers.word(thread + base);
                long bytes = headers.word(thread + size);
                long stackStart = stackEnd - bytes;
                if (stackStart > 0 && bytes > 0 && bytes <= MOST_STACK_BYTES) { // else the thread is only just starting
                    newStacks.add(new KnownRange(stackStart, stackEnd, Region.STACKS, Evidence.VM_STRUCTURE));
                    newIds.add(threadId(headers, thread));
                }
            } catch (IOException e) {
                // It has gone.
            }
        }
        stacks = newStacks;
        threadIds = newIds;
        // A thread that had no stack yet must be looked at again, and all of them where one may have gone.
        boolean isComplete = newStacks.size() == now.length && !isReplaced(memory);
        listed = isComplete ? now : new long[0];
        return true;
    }

    /** Returns whole stacks, guard zones included. */
    List<KnownRange> stacks() {
        return stacks;
    }

    /** Returns the kernel's ids of the threads whose stacks are known. */
    Set<Integer> threadIds() {
        return threadIds;
    }

    /** Returns whether there is another list by now than the one that was read. */
    private boolean isReplaced(MemorySnapshot memory) throws IOException {
        return listAddress(memory.ofHeadersNow()) != listAddress(memory);
    }

    private long listAddress(MemorySnapshot memory) throws IOException {
        return memory.word(structs.field("ThreadsSMRSupport::_java_thread_list"));
    }

    private long[] list(MemorySnapshot memory) throws IOException {
        long list = listAddress(memory);
        int length = memory.int32(list + structs.field("ThreadsList::_length"));
        if (length < 0 || length > MOST_THREADS) {
            throw new IOException(length + " threads cannot be");
        }
        long threads = memory.word(list + structs.field("ThreadsList::_threads"));
        long[] addresses = new long[length];
        for (int i = 0; i < length; i++) {
            addresses[i] = memory.word(threads + (long) i * Long.BYTES);
        }
        if (isReplaced(memory)) {
            throw new IOException("the list of Java threads was replaced just now");
        }
        return addresses;
    }

    private Integer threadId(MemorySnapshot memory, long thread) {
        if (osThread < 0) {
            return 0; // then its stack pointer is looked up too, no harm
        }
        try {
            return memory.int32(memory.word(thread + osThread) + structs.field("OSThread::_thread_id"));
        } catch (IOException e) {
            return 0;
        }
    }
}
