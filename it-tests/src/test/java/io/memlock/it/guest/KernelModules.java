// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import io.memlock.it.harness.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The modules of an unpacked kernel. What it has built in, or lacks, is passed over. */
final class KernelModules {

    /** In the section {@code .modinfo}, each entry of which ends in a zero byte. */
    private static final Pattern DEPENDS = Pattern.compile("\0depends=([^\0]*)\0");

    private final Map<String, Path> files = new TreeMap<>();

    KernelModules(Path kernel) {
        try (Stream<Path> all = Files.walk(kernel)) {
            all.filter(file -> file.getFileName().toString().matches(".*\\.ko(\\.xz)?"))
                    .forEach(file -> files.put(nameOf(file), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Copies modules and those they depend on.
     *
     * @param directory where to
     * @param names as {@code virtio_blk}
     * @return the file names, in the order in which they have to be loaded
     */
    List<String> copyTo(Path directory, List<String> names) {
        List<String> order = new ArrayList<>();
        names.forEach(name -> copy(directory, name, order));
        return order;
    }

    private void copy(Path directory, String name, List<String> order) {
        Path file = files.get(name);
        if (file == null || order.contains(name + ".ko")) {
            return;
        }
        Path copy = directory.resolve(name + ".ko");
        String read = file.toString().endsWith(".xz") ? "xz -dc" : "cat";
        Commands.succeed("sh", "-ec", read + " '" + file + "' >'" + copy + "'");
        try {
            Matcher depends = DEPENDS.matcher(Files.readString(copy, StandardCharsets.ISO_8859_1));
            if (depends.find() && !depends.group(1).isEmpty()) {
                List.of(depends.group(1).split(",", -1))
                        .forEach(each -> copy(directory, each.replace('-', '_'), order));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        order.add(name + ".ko");
    }

    private static String nameOf(Path file) {
        return file.getFileName().toString().replaceFirst("\\.ko.*", "").replace('-', '_');
    }
}
