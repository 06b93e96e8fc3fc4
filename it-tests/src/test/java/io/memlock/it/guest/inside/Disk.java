// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

import io.memlock.it.harness.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A block device in use, as swap space or with a file system, until it is closed. */
final class Disk implements AutoCloseable {

    /** The guest's disk. */
    static final String DEVICE = "/dev/vda";

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

    /** Makes an empty file system on the guest's disk and mounts it. */
    static Disk mounted() throws IOException {
        requireDevice(DEVICE);
        Files.createDirectories(DIRECTORY);
        Commands.succeed("busybox", "mke2fs", DEVICE);
        Commands.succeed("busybox", "mount", "-t", "ext4", DEVICE, DIRECTORY.toString());
        return new Disk("files on " + DEVICE, "busybox", "umount", DIRECTORY.toString());
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
