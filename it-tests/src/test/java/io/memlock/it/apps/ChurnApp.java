// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes what it gives back, beside the commands of {@link HeapApp}: {@code passthreads N} runs threads to their end,
 * {@code passclasses N} defines classes and {@code passfile PATH} maps and reads a file, neither of which is reachable
 * afterwards.
 */
public final class ChurnApp {

    private static final int PAGE_BYTES = 4096;

    private final HeapApp heap = new HeapApp();
    private long sum;

    private ChurnApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        ChurnApp app = new ChurnApp();
        CommandLoop.run(app::handle);
    }

    private String handle(String command, String[] arguments) throws Exception {
        return switch (command) {
            case "passthreads" -> passThreads(Integer.parseInt(arguments[0]));
            case "passclasses" ->
                Integer.toString(
                        HeapApp.newClasses(Integer.parseInt(arguments[0])).size());
            case "passfile" -> passFile(Path.of(arguments[0]));
            default -> heap.handle(command, arguments);
        };
    }

    private static String passThreads(int count) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(Thread::yield, "passing-" + i);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return Integer.toString(count);
    }

    private String passFile(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path)) {
            MappedByteBuffer buffer = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
            for (int i = 0; i < buffer.capacity(); i += PAGE_BYTES) {
                sum += buffer.get(i);
            }
        }
        return Long.toString(sum);
    }
}
