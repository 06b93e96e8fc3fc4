// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.hotspot.JavaRelease;
import io.memlock.log.PlainText;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Checks the version of the JDK: the file {@code release} beside {@code lib/server/libjvm.so} names its version. */
final class Jdk {

    private static final String CHECK = "JDK";
    private static final int OLDEST = JavaRelease.OLDEST_SUPPORTED;
    /** The most that is read: the file of a JDK names some fifty modules. */
    private static final int LONGEST_RELEASE = 1 << 16;

    private static final String VERSION = "JAVA_VERSION=\"";

    private static final int LONGEST_VERSION = 40;

    private Jdk() {}

    static Finding finding(ProcFs proc, String process, String home) {
        String version = version(proc, process, home);
        if (version.isEmpty()) {
            return Finding.note(CHECK, "its version cannot be told; the agent needs " + OLDEST + " or newer");
        }
        return JavaRelease.feature(version) < OLDEST
                ? Finding.fail(CHECK, version, "# the agent needs JDK " + OLDEST + " or newer")
                : Finding.ok(CHECK, version);
    }

    private static String version(ProcFs proc, String process, String home) {
        try {
            String release =
                    new String(proc.seenBy(process, home + "/release", LONGEST_RELEASE), StandardCharsets.UTF_8);
            int at = release.indexOf(VERSION);
            String version =
                    at < 0 ? "" : release.substring(at + VERSION.length()).split("\"", 2)[0];
            return PlainText.of(version, LONGEST_VERSION);
        } catch (IOException e) {
            return "";
        }
    }
}
