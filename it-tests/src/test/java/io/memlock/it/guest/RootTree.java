// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import io.memlock.it.harness.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes trees of files from Debian's packages, and archives for an initramfs from trees. */
final class RootTree {

    /** Debian's root directory has these as links into {@code usr}. */
    private static final List<String> MERGED = List.of("bin", "sbin", "lib", "lib64");

    private RootTree() {}

    /** Unpacks packages into a new directory. */
    static void unpack(Path directory, List<Path> packages) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (Path each : packages) {
            Commands.succeedAtLength(directory, List.of("dpkg", "-x", each.toString(), directory.toString()));
        }
    }

    /** Writes an archive with what packages contain, without documentation. */
    static void pack(Path archive, List<Path> packages) {
        Path tree = archive.resolveSibling(archive.getFileName() + ".tree");
        Commands.succeed("rm", "-rf", tree.toString());
        try {
            for (String name : MERGED) {
                Files.createDirectories(tree.resolve("usr").resolve(name));
                Files.createSymbolicLink(tree.resolve(name), Path.of("usr", name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        unpack(tree, packages);
        for (String documentation : List.of("doc", "man", "locale", "lintian", "bash-completion")) {
            Commands.succeed(
                    "rm",
                    "-rf",
                    tree.resolve("usr/share").resolve(documentation).toString());
        }
        pack(tree, archive);
        Commands.succeed("rm", "-rf", tree.toString());
    }

    /** Writes an archive with a tree, all of it root's. */
    static void pack(Path tree, Path archive) {
        Commands.succeedAtLength(
                tree, List.of("sh", "-ec", "find . | cpio --quiet -o -H newc -R 0:0 >'" + archive + "'"));
    }
}
