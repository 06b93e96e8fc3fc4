// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.hotspot.JavaRelease;
import io.memlock.log.PlainText;
import io.memlock.proc.ProcFs;
import java.util.List;

/** Checks the JDK by its file {@code release}, which names its version and its modules. */
final class Jdk {

    private static final String CHECK = "JDK";
    private static final int OLDEST = JavaRelease.OLDEST_SUPPORTED;
    /** The most that is read: the file of a JDK names some fifty modules. */
    private static final int LONGEST_RELEASE = 1 << 16;

    private static final String VERSION = "JAVA_VERSION=\"";

    private static final String MODULES = "MODULES=\"";

    private static final int LONGEST_VERSION = 40;

    private Jdk() {}

    static Finding finding(ProcFs proc, String process, String home) {
        String version = version(proc, process, home);
        if (version.isEmpty()) {
            return Finding.note(CHECK, "its version is not known; the agent needs " + OLDEST + " or newer");
        }
        return JavaRelease.feature(version) < OLDEST
                ? Finding.fail(CHECK, version, "# the agent needs JDK " + OLDEST + " or newer")
                : Finding.ok(CHECK, version);
    }

    /** Returns whether it was made without a module, as jlink does; false where that cannot be told. */
    static boolean lacks(ProcFs proc, String process, String home, String module) {
        String modules = value(proc, process, home, MODULES);
        return !modules.isEmpty() && !List.of(modules.split(" ", -1)).contains(module);
    }

    private static String version(ProcFs proc, String process, String home) {
        return PlainText.of(value(proc, process, home, VERSION), LONGEST_VERSION);
    }

    /** Returns what stands behind a key in quotes; "" if it cannot be read. */
    private static String value(ProcFs proc, String process, String home, String key) {
        String release = proc.textSeenByOrNone(process, home + "/release", LONGEST_RELEASE);
        int at = release.indexOf(key);
        return at < 0 ? "" : release.substring(at + key.length()).split("\"", 2)[0];
    }
}
