// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.lang.reflect.Method;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Maps files and keeps them: {@code map HOW FILE TIMES} with HOW one of {@code buffer}, {@code copy} (private) and {@code
 * segment} (JDK 22), {@code read} touches all pages of all that was mapped since the last time, and {@code mlockall FLAGS}.
 */
public final class MappingApp {

    private static final int PAGE_BYTES = 4096;
    private static final int FIRST_WITH_SEGMENTS = 22;

    private final List<MappedByteBuffer> unread = new ArrayList<>();
    private final List<Object> kept = new ArrayList<>();
    private long sum;

    private MappingApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        MappingApp app = new MappingApp();
        CommandLoop.run(app::handle);
    }

    private String handle(String command, String[] arguments) throws Exception {
        return switch (command) {
            case "map" -> map(arguments[0], Path.of(arguments[1]), Integer.parseInt(arguments[2]));
            case "read" -> read();
            case "mlockall" -> Integer.toString(AppLibC.mlockall(Integer.parseInt(arguments[0])));
            default -> throw CommandLoop.unknown(command);
        };
    }

    private String map(String how, Path file, int times) throws Exception {
        try (FileChannel channel = how.equals("copy")
                ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
                : FileChannel.open(file)) {
            for (int i = 0; i < times; i++) {
                if (how.equals("segment")) {
                    Object segment = segment(channel);
                    kept.add(segment);
                    Class<?> type = Class.forName("java.lang.foreign.MemorySegment");
                    type.getMethod("load").invoke(segment);
                } else {
                    MapMode mode = how.equals("copy") ? MapMode.PRIVATE : MapMode.READ_ONLY;
                    unread.add(channel.map(mode, 0, channel.size()));
                }
            }
        }
        return "";
    }

    /** This is compiled for a JDK that has none. */
    private static Object segment(FileChannel channel) throws Exception {
        if (Runtime.version().feature() < FIRST_WITH_SEGMENTS) {
            throw new IllegalStateException("no segments");
        }
        Class<?> arena = Class.forName("java.lang.foreign.Arena");
        Method map = FileChannel.class.getMethod("map", MapMode.class, long.class, long.class, arena);
        return map.invoke(
                channel,
                MapMode.READ_ONLY,
                0L,
                channel.size(),
                arena.getMethod("global").invoke(null));
    }

    private String read() {
        for (MappedByteBuffer buffer : unread) {
            for (int at = 0; at < buffer.limit(); at += PAGE_BYTES) {
                sum += buffer.get(at);
            }
        }
        kept.addAll(unread);
        unread.clear();
        return Long.toString(sum);
    }
}
