// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Maps a file and reads it from front to back, as fast as it can or at a rate, and prints {@code read}.
 *
 * <p>Arguments: the file; {@code whole}, {@code windows} (each mapped, read and kept), {@code rolling} (each unmapped after it
 * was read, so that the next one lies in the same place) or {@code native} (private and read-only, as native code maps its
 * data); MiB a second, 0 for no limit; a sparse file that is mapped beside it, or {@code none}.
 */
public final class FileReaderApp {

    private static final long WINDOW_BYTES = 64L << 20;
    private static final long LONGEST_BUFFER = 1L << 30;
    private static final int PAGE_BYTES = 4096;

    private final List<MappedByteBuffer> kept = new ArrayList<>();
    private final long start = System.nanoTime();
    private final long bytesPerSecond;
    private long readBytes;
    private long sum;

    private FileReaderApp(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        FileReaderApp app = new FileReaderApp(Long.parseLong(args[2]) << 20);
        if (!args[3].equals("none")) {
            app.mapAll(Path.of(args[3]));
        }
        app.read(Path.of(args[0]), args[1]);
        System.out.println("read " + (System.nanoTime() - app.start) / 1_000_000 + " ms, " + app.kept.size()
                + " mappings, sum " + app.sum);
    }

    private void mapAll(Path sparse) throws IOException {
        try (FileChannel file = FileChannel.open(sparse)) {
            for (long at = 0; at < file.size(); at += LONGEST_BUFFER) {
                kept.add(file.map(FileChannel.MapMode.READ_ONLY, at, Math.min(LONGEST_BUFFER, file.size() - at)));
            }
        }
    }

    private void read(Path path, String how) throws IOException, InterruptedException {
        try (FileChannel file = FileChannel.open(path)) {
            long window = how.equals("windows") || how.equals("rolling") ? WINDOW_BYTES : file.size();
            for (long at = 0; at < file.size(); at += window) {
                long length = Math.min(window, file.size() - at);
                if (how.equals("native") || how.equals("rolling")) {
                    readNatively(path, at, length, how.equals("rolling"));
                } else {
                    MappedByteBuffer buffer = file.map(FileChannel.MapMode.READ_ONLY, at, length);
                    kept.add(buffer);
                    for (int i = 0; i < length; i += PAGE_BYTES) {
                        sum += buffer.get(i);
                        keepRate();
                    }
                }
            }
        }
    }

    private void readNatively(Path path, long offset, long length, boolean isRolling) throws InterruptedException {
        int descriptor = AppLibC.open(path.toString(), 0);
        int kind = isRolling ? AppLibC.MAP_SHARED : AppLibC.MAP_PRIVATE;
        long address = AppLibC.mmap(0, length, AppLibC.PROT_READ, kind, descriptor, offset);
        AppLibC.close(descriptor);
        for (long i = 0; i < length; i += PAGE_BYTES) {
            sum += AppLibC.getByte(address + i);
            keepRate();
        }
        if (isRolling) {
            AppLibC.munmap(address, length);
        }
    }

    @SuppressWarnings("ThreadSleep")
    private void keepRate() throws InterruptedException {
        readBytes += PAGE_BYTES;
        if (bytesPerSecond > 0 && readBytes % (1 << 20) == 0) {
            long early = readBytes * 1000 / bytesPerSecond - (System.nanoTime() - start) / 1_000_000;
            if (early > 0) {
                Thread.sleep(early);
            }
        }
    }
}
