// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Fills shared memory, and keeps the file open: {@code map FILE MB}. */
public final class SharedMemoryApp {

    private static final int MEGABYTE = 1 << 20;
    private static final int PAGE_BYTES = 4096;

    private final List<ByteBuffer> kept = new ArrayList<>();
    private final List<FileChannel> open = new ArrayList<>();

    private SharedMemoryApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        SharedMemoryApp app = new SharedMemoryApp();
        CommandLoop.run(app::handle);
    }

    private String handle(String command, String[] arguments) throws Exception {
        if (!command.equals("map")) {
            throw CommandLoop.unknown(command);
        }
        map(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        return command;
    }

    private void map(Path file, int megabytes) throws Exception {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        open.add(channel);
        MappedByteBuffer buffer = channel.map(MapMode.READ_WRITE, 0, (long) megabytes * MEGABYTE);
        for (int at = 0; at < buffer.limit(); at += PAGE_BYTES) {
            buffer.put(at, (byte) 1);
        }
        kept.add(buffer);
    }
}
