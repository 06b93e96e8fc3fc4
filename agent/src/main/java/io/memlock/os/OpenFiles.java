// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import java.io.File;
import java.nio.charset.StandardCharsets;

/** The files this process has open: {@code /proc/self/fd}. proc_pid_fd(5) */
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
        String[] descriptors = new File(DIRECTORY).list();
        for (String descriptor : descriptors == null ? new String[0] : descriptors) {
            int number = Integer.parseInt(descriptor);
            if (isNamed(number, name)) {
                return number;
            }
        }
        return -1;
    }

    /** Whether a file descriptor is of a file of that name. */
    public boolean isNamed(int descriptor, String name) {
        byte[] link = (DIRECTORY + "/" + descriptor + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] target = new byte[LONGEST_NAME];
        int length = (int) libc.readlink(link, target, target.length);
        return length > 0 && name.equals(new String(target, 0, length, StandardCharsets.UTF_8));
    }
}
