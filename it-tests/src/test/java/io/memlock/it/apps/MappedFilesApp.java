// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
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
                try (FileChannel channel = FileChannel.open(file)) {
                    mapped.add(channel.map(MapMode.READ_ONLY, 0, channel.size()).load());
                }
            }
        }
        CommandLoop.run((command, arguments) -> Integer.toString(mapped.size()));
    }
}
