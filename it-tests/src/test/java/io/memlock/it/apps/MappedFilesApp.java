// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Maps and reads every file below a directory, whatever the files are called. */
public final class MappedFilesApp {

    private MappedFilesApp() {}

    /** Runs it with the directory. */
    public static void main(String[] args) throws Exception {
        List<MappedByteBuffer> mapped = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of(args[0]))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                mapped.add(map(file).load());
            }
        }
        CommandLoop.run((command, arguments) -> Integer.toString(mapped.size()));
    }

    /** A file of performance counters is mapped as the JVM that writes it does. */
    private static MappedByteBuffer map(Path file) throws IOException {
        boolean isWritten = file.toString().contains("/hsperfdata_");
        try (FileChannel channel = isWritten
                ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
                : FileChannel.open(file)) {
            return channel.map(isWritten ? MapMode.READ_WRITE : MapMode.READ_ONLY, 0, channel.size());
        }
    }
}
