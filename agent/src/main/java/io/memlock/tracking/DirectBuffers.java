// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;

/**
 * Counts the direct buffers of {@code ByteBuffer.allocateDirect}, by the JDK's list of their cleaners. The JDK's own
 * pool {@code direct} counts segments of {@code Arena.ofAuto()} among them from JDK 22 on. Counting makes no buffer
 * more expensive, and buffers that are older than the agent count, too.
 */
final class DirectBuffers {

    private static final String CLEANER = "jdk.internal.ref.Cleaner";
    private static final String DEALLOCATOR = "java.nio.DirectByteBuffer$Deallocator";

    /** The list changes while it is read, and is then read again, so often. */
    private static final int ATTEMPTS = 10;

    private final Class<?> cleaner;
    private final Class<?> deallocator;
    private final Field first;
    private final Field next;
    private final Field thunk;
    private final Field size;

    /**
     * Finds the list.
     *
     * @throws ReflectiveOperationException if this JDK has another
     */
    DirectBuffers(Instrumentation instrumentation) throws ReflectiveOperationException {
        cleaner = Class.forName(CLEANER, false, null);
        deallocator = Class.forName(DEALLOCATOR, false, null);
        JdkHook.open(instrumentation, cleaner);
        JdkHook.open(instrumentation, deallocator);
        first = field(cleaner, "first");
        next = field(cleaner, "next");
        thunk = field(cleaner, "thunk");
        size = field(deallocator, "size");
    }

    private static Field field(Class<?> type, String name) throws NoSuchFieldException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    /**
     * Counts them. Nobody waits for it.
     *
     * @return unknown if the list changed too often
     */
    OffHeap.Count count() throws IllegalAccessException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            OffHeap.Count count = countOnce();
            if (count != null) {
                return count;
            }
        }
        return OffHeap.Count.UNKNOWN;
    }

    /** Returns null if the list changed. */
    private OffHeap.Count countOnce() throws IllegalAccessException {
        long number = 0;
        long bytes = 0;
        Object entry;
        synchronized (cleaner) { // as the JDK changes it: all entries behind this one are seen whole
            entry = first.get(null);
        }
        while (entry != null) {
            Object action = thunk.get(entry);
            if (action instanceof AllocatingClasses.Sample sample) {
                action = sample.real();
            }
            if (action.getClass() == deallocator) {
                number++;
                bytes += size.getLong(action);
            }
            Object following = next.get(entry);
            if (following == entry) { // taken out while we stood there
                return null;
            }
            entry = following;
        }
        return new OffHeap.Count(number, bytes);
    }
}
