// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import io.memlock.api.LockOptions;
import io.memlock.api.LockedMemory;
import io.memlock.api.MemoryLockException;
import io.memlock.api.MemoryLocks;
import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Uses {@code io.memlock.api}. {@code buffer NAME BYTES OPTIONS} allocates a buffer and locks a part of it that is aligned to
 * nothing; {@code again NAME OTHER} locks the same range once more; {@code beside NAME OTHER} locks the few bytes behind it;
 * {@code tell NAME} and {@code close NAME} do that; {@code cycles N} locks, closes, allocates and frees on eight threads, and
 * {@code foreign} locks memory segments, {@code foreignfreed} one whose arena is closed (JDK 22 and later).
 */
public final class RangeLockApp {

    private static final int ODD_BYTES = 1234;

    private final Map<String, LockedMemory> handles = new HashMap<>();
    private final Map<String, ByteBuffer> buffers = new HashMap<>();
    private final List<Object> kept = new ArrayList<>();
    private final RangeLockCycles cycles = new RangeLockCycles();

    private RangeLockApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        RangeLockApp app = new RangeLockApp();
        CommandLoop.run(app::handle);
    }

    private String handle(String command, String[] arguments) throws Exception {
        try {
            return carryOut(command, arguments);
        } catch (MemoryLockException | IllegalArgumentException e) {
            return (e.getClass().getSimpleName() + " " + e.getMessage()).replace('\n', '|');
        }
    }

    private String carryOut(String command, String[] arguments) throws Exception {
        return switch (command) {
            case "available" -> Boolean.toString(MemoryLocks.isAvailable());
            case "buffer" -> lockBuffer(arguments[0], Integer.parseInt(arguments[1]), arguments[2]);
            case "again" -> lockRange(arguments[1], handles.get(arguments[0]), 0);
            case "beside" -> lockRange(arguments[1], handles.get(arguments[0]), ODD_BYTES);
            case "tell" -> tell(handles.get(arguments[0]));
            case "close" -> close(arguments[0]);
            case "free" -> free(arguments[0]);
            case "touch" -> touch(arguments[0]);
            case "heapbuffer" -> put("heap", MemoryLocks.lock(ByteBuffer.allocate(ODD_BYTES)));
            case "nowhere" -> put("nowhere", MemoryLocks.lock(4096 * 3 + 7, ODD_BYTES));
            case "foreign" -> lockSegments();
            case "foreignfreed" -> lockFreedSegment();
            case "copy" -> useCopy(arguments[0]);
            case "cycles" -> cycles.run(Integer.parseInt(arguments[0]));
            case "closecycles" -> cycles.close();
            default -> throw CommandLoop.unknown(command);
        };
    }

    private String put(String name, LockedMemory handle) {
        handles.put(name, handle);
        return tell(handle);
    }

    /** Answers what was asked for, the pages, and how much of them is locked. */
    private static String tell(LockedMemory handle) {
        return handle.requested() + " " + handle.pages() + " " + handle.lockedBytes() + " " + handle.isLocked();
    }

    private String lockBuffer(String name, int bytes, String options) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes + 2 * ODD_BYTES);
        buffers.put(name, buffer);
        return put(name, MemoryLocks.lock(buffer.slice(ODD_BYTES, bytes), options(options)));
    }

    private static LockOptions options(String text) {
        LockOptions options = text.startsWith("onfault") ? LockOptions.ON_FAULT : LockOptions.POPULATED;
        return text.endsWith("hidden") ? options.withoutCoreDump() : options;
    }

    private String lockRange(String name, LockedMemory like, int offset) {
        long bytes = offset == 0 ? like.requested().bytes() : 1;
        long address =
                offset == 0 ? like.requested().address() : like.requested().end();
        return put(name, MemoryLocks.lock(address, bytes, LockOptions.ON_FAULT));
    }

    private String close(String name) {
        LockedMemory handle = handles.remove(name);
        handle.close();
        handle.close();
        return tell(handle);
    }

    private String free(String name) throws ReflectiveOperationException {
        RangeLockCycles.free(buffers.remove(name));
        return "";
    }

    private String touch(String name) {
        ByteBuffer buffer = buffers.get(name);
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) 1);
        }
        return "";
    }

    /** By reflection, as this is compiled for Java 17: both ways that the documentation of the API names. */
    private String lockSegments() throws ReflectiveOperationException {
        Class<?> arenas = Class.forName("java.lang.foreign.Arena");
        Class<?> segments = Class.forName("java.lang.foreign.MemorySegment");
        Object arena = arenas.getMethod("ofAuto").invoke(null);
        Object segment = arenas.getMethod("allocate", long.class, long.class).invoke(arena, 100_000L, 1L);
        kept.add(segment);
        long address = (Long) segments.getMethod("address").invoke(segment);
        long bytes = (Long) segments.getMethod("byteSize").invoke(segment);
        ByteBuffer buffer = (ByteBuffer) segments.getMethod("asByteBuffer").invoke(segment);
        return put("segment", MemoryLocks.lock(address, bytes)) + " " + put("segmentbuffer", MemoryLocks.lock(buffer));
    }

    private String lockFreedSegment() throws ReflectiveOperationException {
        Class<?> arenas = Class.forName("java.lang.foreign.Arena");
        Object arena = arenas.getMethod("ofShared").invoke(null);
        Object segment = arenas.getMethod("allocate", long.class, long.class).invoke(arena, 100L, 1L);
        ByteBuffer buffer = (ByteBuffer) Class.forName("java.lang.foreign.MemorySegment")
                .getMethod("asByteBuffer")
                .invoke(segment);
        arenas.getMethod("close").invoke(arena);
        return put("freed", MemoryLocks.lock(buffer));
    }

    /** Locks through a copy of the API in a class loader that does not ask others for it. */
    private String useCopy(String jar) throws Exception {
        URL[] urls = {new File(jar).toURI().toURL()};
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            Class<?> copy = loader.loadClass(MemoryLocks.class.getName());
            ByteBuffer buffer = ByteBuffer.allocateDirect(100_000);
            Object handle = copy.getMethod("lock", ByteBuffer.class).invoke(null, buffer);
            Method lockedBytes = handle.getClass().getMethod("lockedBytes");
            String answer = (copy != MemoryLocks.class) + " " + lockedBytes.invoke(handle);
            handle.getClass().getMethod("close").invoke(handle);
            return answer;
        }
    }
}
