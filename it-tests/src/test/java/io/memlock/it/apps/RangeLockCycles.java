// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import io.memlock.api.LockOptions;
import io.memlock.api.LockedMemory;
import io.memlock.api.MemoryLocks;
import io.memlock.api.MemoryRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Eight threads that lock and close, beside others that collect garbage and load classes: memory of their own, which they
 * allocate and free or map and unmap each time, and ranges of one buffer that all of them share, some of which stay locked.
 */
final class RangeLockCycles {

    private static final int THREADS = 8;
    private static final int SHARED_BYTES = 1 << 20;
    private static final int MOST_BYTES = 1 << 16;
    private static final int KEPT = 20;
    private static final int FILE_BYTES = 1 << 18;
    private static final long PAUSE_NANOS = 10_000_000;

    private final ByteBuffer shared = ByteBuffer.allocateDirect(SHARED_BYTES);
    private final List<LockedMemory> open = new ArrayList<>();

    /** Answers the ranges that are left open, the pages of each. */
    String run(int cycles) throws Exception {
        Path file = Files.createTempFile("ranges", ".data");
        AtomicBoolean isDone = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS + 2);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.truncate(0).write(ByteBuffer.allocate(FILE_BYTES));
            Future<?> collecting = threads.submit(() -> collect(isDone));
            Future<?> loading = threads.submit(() -> loadClasses(isDone));
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(i);
                workers.add(threads.submit(() -> {
                    for (int cycle = 0; cycle < cycles / THREADS; cycle++) {
                        cycle(random, channel, cycle);
                    }
                    return null;
                }));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
            isDone.set(true);
            collecting.get();
            loading.get();
        } finally {
            threads.shutdownNow();
            Files.delete(file);
        }
        StringBuilder ranges = new StringBuilder();
        for (LockedMemory handle : open) {
            ranges.append(handle.pages()).append(' ');
        }
        return ranges.toString();
    }

    /** Ends the locks that were left open. */
    String close() {
        open.forEach(LockedMemory::close);
        open.clear();
        return "";
    }

    private void cycle(Random random, FileChannel channel, int cycle) throws Exception {
        ByteBuffer own = ByteBuffer.allocateDirect(1 + random.nextInt(MOST_BYTES));
        useAndFree(own, random);
        useAndFree(channel.map(MapMode.READ_WRITE, 4096L * random.nextInt(8), 1 + random.nextInt(MOST_BYTES)), random);
        int from = random.nextInt(SHARED_BYTES - MOST_BYTES);
        LockedMemory part = MemoryLocks.lock(shared.slice(from, 1 + random.nextInt(MOST_BYTES)), options(random));
        if (cycle < KEPT) {
            synchronized (open) {
                open.add(part);
            }
        } else {
            check(part);
            part.close();
        }
    }

    private static void useAndFree(ByteBuffer buffer, Random random) throws Exception {
        LockedMemory whole = MemoryLocks.lock(buffer, options(random));
        LockedMemory part = MemoryLocks.lock(buffer.slice(0, 1 + random.nextInt(buffer.capacity())), options(random));
        whole.close();
        check(part);
        if (random.nextInt(8) == 0) {
            free(buffer); // too early, as a program with a mistake does
            part.close();
        } else {
            part.close();
            free(buffer);
        }
    }

    private static LockOptions options(Random random) {
        LockOptions options = random.nextBoolean() ? LockOptions.POPULATED : LockOptions.ON_FAULT;
        return random.nextInt(4) == 0 ? options.withoutCoreDump() : options;
    }

    private static void check(LockedMemory handle) {
        MemoryRange pages = handle.pages();
        MemoryRange asked = handle.requested();
        boolean isWhole = pages.address() % 4096 == 0
                && pages.bytes() % 4096 == 0
                && pages.address() <= asked.address()
                && asked.end() <= pages.end()
                && pages.bytes() < asked.bytes() + 2 * 4096;
        if (!isWhole || !handle.isLocked()) {
            throw new IllegalStateException(handle + " " + pages);
        }
    }

    /** As nothing else can, before Java 22. */
    static void free(ByteBuffer buffer) throws ReflectiveOperationException {
        Class<?> unsafe = Class.forName("sun.misc.Unsafe");
        Field instance = unsafe.getDeclaredField("theUnsafe");
        instance.setAccessible(true);
        Method cleaner = unsafe.getMethod("invokeCleaner", ByteBuffer.class);
        cleaner.invoke(instance.get(null), buffer);
    }

    private static void collect(AtomicBoolean isDone) {
        while (!isDone.get()) {
            System.gc();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static void loadClasses(AtomicBoolean isDone) {
        URL[] urls = {
            RangeLockCycles.class.getProtectionDomain().getCodeSource().getLocation()
        };
        while (!isDone.get()) {
            try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
                loader.loadClass(HelloApp.class.getName());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
