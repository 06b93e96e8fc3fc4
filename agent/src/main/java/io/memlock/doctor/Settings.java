// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.proc.ProcFs;
import java.io.IOException;

/** Settings of the kernel, as text. A kernel built without the feature has no such file. */
final class Settings {

    /** The text in place of a setting that is missing or cannot be read. */
    static final String UNKNOWN = "unknown";

    private final ProcFs proc;

    Settings(ProcFs proc) {
        this.proc = proc;
    }

    /** Reads a file below {@code /proc/sys}. */
    String kernel(String name) {
        try {
            return proc.sys(name);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    /** Returns whether there is a directory below {@code /sys}: a container may lack all of it. */
    boolean isSysThere(String directory) {
        return proc.isHostDirectory("/sys/" + directory);
    }

    /** Reads a file below {@code /sys}. */
    String sys(String name) {
        try {
            return proc.sysfs(name);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
