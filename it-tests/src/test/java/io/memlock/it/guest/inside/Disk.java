// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.harness.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A block device in use, as swap space or with a file system, until it is closed. */
final class Disk implements AutoCloseable {

    /** The guest's disk, for swap space or a file system. */
    static final String DEVICE = "/dev/vda";

    /** A second one, where both are needed. */
    static final String SECOND_DEVICE = "/dev/vdb";

    private static final Path DIRECTORY = Path.of("/tmp/disk");

    private final String use;
    private final String[] end;

    private Disk(String use, String... end) {
        this.use = use;
        this.end = end;
    }

    /** Makes a device swap space. */
    static Disk swapOn(String device) {
        requireDevice(device);
        Commands.succeed("mkswap", device);
        Commands.succeed("swapon", device);
        return new Disk("swap on " + device, "swapoff", device);
    }

    /** Makes an empty file system on a device and mounts it. */
    static Disk mounted(String device) throws IOException {
        requireDevice(device);
        Files.createDirectories(DIRECTORY);
        Commands.succeed("busybox", "mke2fs", device);
        Commands.succeed("busybox", "mount", "-t", "ext4", device, DIRECTORY.toString());
        return new Disk("files on " + device, "busybox", "umount", DIRECTORY.toString());
    }

    private static void requireDevice(String device) {
        if (!Files.exists(Path.of(device))) {
            throw new Case.Inapplicable("there is no " + device);
        }
    }

    /** Returns where its files are, if it is mounted. */
    Path directory() {
        return DIRECTORY;
    }

    @Override
    public void close() {
        Commands.succeed(end);
    }

    @Override
    public String toString() {
        return use;
    }
}
