// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.manners.HeapRoom;
import java.nio.Buffer;
import java.nio.ByteBuffer;

/** Tells whether the memory of a direct buffer was freed. */
final class BufferLife {

    private BufferLife() {}

    /**
     * Returns whether a buffer's memory was freed: it is a memory segment's whose arena was closed. The JDK tells since 22;
     * before, buffers with such memory cannot be made without a preview. Where the heap is full nobody asks: the JDK's classes
     * for foreign memory are initialised for that, which must not fail.
     */
    static boolean isOver(ByteBuffer buffer) {
        if (!HeapRoom.isThere()) {
            return false;
        }
        try {
            Class<?> segments = Class.forName("java.lang.foreign.MemorySegment");
            Class<?> scopes = Class.forName("java.lang.foreign.MemorySegment$Scope");
            Object segment = segments.getMethod("ofBuffer", Buffer.class).invoke(null, buffer);
            Object scope = segments.getMethod("scope").invoke(segment);
            return !(Boolean) scopes.getMethod("isAlive").invoke(scope);
        } catch (ReflectiveOperationException | LinkageError e) {
            return false; // then nobody can tell
        }
    }
}
