// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What makes an agent's locks go away or appear, beside the commands of {@link HeapApp}: {@code readfile PATH MILLIS} maps
 * a file and reads it all, evenly over a time; {@code ownlock MB} locks a direct buffer, {@code munlockall} and {@code
 * mlockall FLAGS} do what another library may do, {@code dropandgrow USER MB} becomes another user and fills its heap at
 * once, {@code dropcapabilities} takes them from one thread alone, {@code mappings N} makes mappings, {@code relock START END} collects
 * garbage and measures until the heap in that range is locked again.
 */
public final class KeepingApp {

    /** linux/capability.h */
    private static final int CAPABILITY_VERSION_3 = 0x20080522;

    private static final int MEGABYTE = 1 << 20;
    private static final long LONGEST_NANOS = 30_000_000_000L;

    private final HeapApp heap = new HeapApp();
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private final List<byte[]> recent = new ArrayList<>();
    private final int pageBytes = AppLibC.getpagesize();

    private KeepingApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        KeepingApp app = new KeepingApp();
        CommandLoop.run(app::handle);
    }

    private String handle(String command, String[] arguments) throws Exception {
        return switch (command) {
            case "readfile" -> readFile(Path.of(arguments[0]), Long.parseLong(arguments[1]));
            case "ownlock" -> lockBuffer(Integer.parseInt(arguments[0]));
            case "munlockall" -> Integer.toString(AppLibC.munlockall());
            case "mlockall" -> Integer.toString(AppLibC.mlockall(Integer.parseInt(arguments[0])));
            case "dropandgrow" -> dropRoot(Integer.parseInt(arguments[0]), arguments[1]);
            case "dropcapabilities" -> dropCapabilities();
            case "mappings" -> map(Integer.parseInt(arguments[0]));
            case "relock" -> relock(address(arguments[0]), address(arguments[1]));
            default -> heap.handle(command, arguments);
        };
    }

    /** Refused at first, so that all it takes is there: once it is done, this thread may map no memory. */
    private static String dropCapabilities() {
        AppLibC.capset(new int[2], new int[6]);
        return Integer.toString(AppLibC.capset(new int[] {CAPABILITY_VERSION_3, 0}, new int[6]));
    }

    /** Answers as "grow" does. */
    private String dropRoot(int user, String megabytes) throws Exception {
        if (AppLibC.setuid(user) != 0) {
            throw new IOException("setuid failed");
        }
        return heap.handle("grow", new String[] {megabytes});
    }

    private static long address(String text) {
        return Long.parseUnsignedLong(text, 16);
    }

    /** Answers how many milliseconds it took. */
    @SuppressWarnings("ThreadSleep")
    private String readFile(Path path, long millis) throws IOException, InterruptedException {
        long start = System.nanoTime();
        try (FileChannel file = FileChannel.open(path)) {
            MappedByteBuffer buffer = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
            buffers.add(buffer);
            for (int i = 0; i < buffer.capacity() - pageBytes; i += pageBytes) {
                buffer.get(i);
                if (i % (4 * MEGABYTE) == 0) {
                    long due = start + (long) (millis * 1e6 * i / buffer.capacity());
                    long left = (due - System.nanoTime()) / 1_000_000;
                    if (left > 0) {
                        Thread.sleep(left);
                    }
                }
            }
        }
        return Long.toString((System.nanoTime() - start) / 1_000_000);
    }

    /** Answers where it lies, and how long it is. */
    private String lockBuffer(int megabytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(megabytes * MEGABYTE);
        buffers.add(buffer);
        long address = AppLibC.address(buffer);
        if (AppLibC.mlock(address, buffer.capacity()) != 0) {
            throw new IOException("mlock failed");
        }
        return Long.toHexString(address) + " " + buffer.capacity();
    }

    /** Every other page of a reservation accessible: each a mapping, as is each gap. */
    private String map(int count) {
        int anonymous = AppLibC.MAP_PRIVATE | AppLibC.MAP_ANONYMOUS;
        long start = AppLibC.mmap(0, (count + 1L) * pageBytes, 0, anonymous | AppLibC.MAP_NORESERVE, -1, 0);
        for (long page = 1; page < count; page += 2) {
            AppLibC.mmap(start + page * pageBytes, pageBytes, AppLibC.PROT_READ, anonymous | AppLibC.MAP_FIXED, -1, 0);
        }
        return Integer.toString(count);
    }

    /** Answers microseconds from the end of a collection to the relocked heap, and whether anything was unlocked. */
    private String relock(long start, long end) throws IOException {
        recent.clear();
        for (int i = 0; i < 40; i++) {
            recent.add(new byte[MEGABYTE / 2]);
        }
        System.gc();
        long collected = System.nanoTime();
        boolean wasLocked = isLocked(start, end);
        boolean isLocked = wasLocked;
        while (!isLocked && System.nanoTime() - collected < LONGEST_NANOS) {
            isLocked = isLocked(start, end);
        }
        return (System.nanoTime() - collected) / 1000 + " " + (wasLocked ? "locked" : isLocked ? "lost" : "never");
    }

    private boolean isLocked(long start, long end) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"), StandardCharsets.ISO_8859_1)) {
            int dash = line.indexOf('-');
            int blank = line.indexOf(' ');
            long address = address(line.substring(0, dash));
            boolean isHeap = address >= start && address < end && line.charAt(blank + 1) == 'r';
            boolean isUnlocked = isHeap && AppLibC.msync(address, pageBytes, AppLibC.MS_INVALIDATE) == 0;
            if (isUnlocked) {
                return false;
            }
        }
        return true;
    }
}
