// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.service;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Takes memory away from others, without end: {@code memory MB} writes to that much again and again, {@code file PATH}
 * reads a file through the page cache. Says {@code ready} after the first time; to each line of input it answers with
 * {@code done MB}, what it went through up to now.
 */
public final class NeighbourApp {

    private static final int CHUNK_MEGABYTES = 16;
    private static final int CHUNK_BYTES = CHUNK_MEGABYTES << 20;
    private static final int PAGE_BYTES = 4096;

    private static volatile long passedMegabytes;

    private NeighbourApp() {}

    /** Runs it. */
    public static void main(String[] args) throws IOException {
        Runnable pass = args[0].equals("memory") ? memory(Integer.parseInt(args[1])) : file(Path.of(args[1]));
        pass.run();
        System.out.println("ready");
        Thread worker = new Thread(
                () -> {
                    while (true) {
                        pass.run();
                    }
                },
                "neighbour");
        worker.setDaemon(true);
        worker.start();
        byte[] line = new byte[64];
        while (System.in.read(line) > 0) {
            System.out.write(("done " + passedMegabytes + "\n").getBytes(StandardCharsets.UTF_8));
            System.out.flush();
        }
    }

    private static Runnable memory(int megabytes) {
        ByteBuffer[] chunks = new ByteBuffer[megabytes / CHUNK_MEGABYTES];
        for (int i = 0; i < chunks.length; i++) {
            chunks[i] = ByteBuffer.allocateDirect(CHUNK_BYTES);
        }
        return () -> {
            for (ByteBuffer chunk : chunks) {
                for (int i = 0; i < CHUNK_BYTES; i += PAGE_BYTES) {
                    chunk.put(i, (byte) (chunk.get(i) + 1));
                }
                went(CHUNK_BYTES);
            }
        };
    }

    private static Runnable file(Path path) throws IOException {
        FileChannel file = FileChannel.open(path);
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        return () -> {
            try {
                file.position(0);
                while (file.read(buffer.clear()) >= 0) {
                    went(buffer.capacity());
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    private static void went(int bytes) {
        passedMegabytes += bytes >> 20;
    }
}
