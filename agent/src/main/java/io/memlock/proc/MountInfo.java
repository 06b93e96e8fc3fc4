// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.Paths;
import io.memlock.files.ProcFormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * What is mounted where: {@code /proc/PID/mountinfo}. proc_pid_mountinfo(5)
 *
 * @param mounts in the kernel's order: of two at one place the later one hides the earlier one
 */
public record MountInfo(List<Mount> mounts) {

    /**
     * One mount; octal escapes are decoded.
     *
     * @param major half of the number of the file system, as maps has it of the files on it
     * @param minor the other half
     * @param root the directory of the file system that is visible here, {@code /} for all of it
     * @param mountPoint where it is
     * @param options of this mount, joined by commas
     * @param type of the file system
     * @param superOptions of the file system, joined by commas; a v1 cgroup names its controllers here
     */
    public record Mount(
            long major, long minor, String root, String mountPoint, String options, String type, String superOptions) {

        /** Returns whether nothing on it can be executed or mapped executable, as a native library has to be. */
        public boolean isNoexec() {
            return has(options, "noexec");
        }

        /** Returns whether nothing can be written here: this mount, or the whole file system. */
        public boolean isReadOnly() {
            return has(options, "ro") || has(superOptions, "ro");
        }

        /**
         * Returns whether an option of the file system is set.
         *
         * @param option the whole of it: {@code memory} or {@code size=4k}
         */
        public boolean hasSuperOption(String option) {
            return has(superOptions, option);
        }

        private static boolean has(String joined, String option) {
            return ("," + joined + ",").contains("," + option + ",");
        }
    }

    public MountInfo {
        mounts = List.copyOf(mounts);
    }

    /**
     * Parses the file.
     *
     * @return a mount a line
     * @throws ProcFormatException if it is not in the kernel's format
     */
    public static MountInfo parse(Cursor mountInfo) {
        List<Mount> mounts = new ArrayList<>();
        while (mountInfo.nextLine()) {
            mounts.add(mount(mountInfo));
        }
        return new MountInfo(mounts);
    }

    /**
     * Returns the mount a file is on.
     *
     * @param path absolute and without symbolic links
     * @return the mount with the longest mount point, null if there is none above the path
     */
    public Mount under(String path) {
        Mount best = null;
        for (Mount mount : mounts) {
            if (Paths.isWithin(mount.mountPoint(), path)
                    && (best == null
                            || mount.mountPoint().length() >= best.mountPoint().length())) {
                best = mount;
            }
        }
        return best;
    }

    /** Parses a line: {@code 36 35 98:0 /root /point rw,noatime master:1 - ext3 /dev/sda1 rw,errors=continue} */
    private static Mount mount(Cursor line) {
        line.decimal();
        line.expect(' ');
        line.decimal();
        line.expect(' ');
        long major = line.decimal();
        line.expect(':');
        long minor = line.decimal();
        line.expect(' ');
        String root = field(line);
        String mountPoint = field(line);
        String options = field(line);
        while (line.peek() != '-') {
            line.skipWord();
            line.expect(' ');
        }
        line.expect('-');
        line.expect(' ');
        String type = field(line);
        field(line); // the source: a device, or anything
        return new Mount(major, minor, root, mountPoint, options, type, Paths.unescaped(line.rest()));
    }

    private static String field(Cursor line) {
        String field = line.word();
        line.expect(' ');
        return Paths.unescaped(field);
    }
}
