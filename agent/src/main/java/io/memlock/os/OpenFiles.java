// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import java.io.File;
import java.nio.charset.StandardCharsets;

/** Lists the files that this process has open: {@code /proc/self/fd}. proc_pid_fd(5) */
public final class OpenFiles {

    /** The directory that has a link for each open file. */
    public static final String DIRECTORY = "/proc/self/fd";

    private static final int LONGEST_NAME = 1024;

    private final LibC libc;

    public OpenFiles(LibC libc) {
        this.libc = libc;
    }

    /**
     * Finds a file by the name the kernel gives it, here and in {@code /proc/self/maps}.
     *
     * @param name with {@code " (deleted)"} where it is unlinked, as memfds are
     * @return a file descriptor of it, -1 if it has none or they cannot be read
     */
    public int descriptorOf(String name) {
        for (int descriptor : descriptors()) {
            if (isNamed(descriptor, name)) {
                return descriptor;
            }
        }
        return -1;
    }

    /** Returns all file descriptors, none if they cannot be read. */
    public int[] descriptors() {
        String[] names = new File(DIRECTORY).list();
        int[] descriptors = new int[names == null ? 0 : names.length];
        for (int i = 0; i < descriptors.length; i++) {
            descriptors[i] = Integer.parseInt(names[i]);
        }
        return descriptors;
    }

    /** Returns whether a file descriptor is of a file of that name. */
    public boolean isNamed(int descriptor, String name) {
        return name.equals(nameOf(descriptor));
    }

    /**
     * Returns the name the kernel gives a file.
     *
     * @return cut where it is very long; null if the descriptor is not open
     */
    public String nameOf(int descriptor) {
        byte[] link = (DIRECTORY + "/" + descriptor + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] target = new byte[LONGEST_NAME];
        int length = (int) libc.readlink(link, target, target.length);
        return length > 0 ? new String(target, 0, length, StandardCharsets.UTF_8) : null;
    }
}
