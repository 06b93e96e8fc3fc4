// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.os.LibraryDirectories;
import io.memlock.proc.MountInfo;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Checks whether the agent in another JVM would find a directory for its native library while it loads it. */
final class LibraryDirectory {

    private static final String CHECK = "library place";

    private final ProcFs proc;
    private final ExaminedJvm examined;

    LibraryDirectory(ProcFs proc, ExaminedJvm examined) {
        this.proc = proc;
        this.examined = examined;
    }

    Finding finding() throws IOException {
        if (examined.hasAgent()) {
            return Finding.ok(CHECK, "the agent has loaded its library");
        }
        MountInfo mounts = proc.mountInfo(examined.process());
        List<String> refused = new ArrayList<>();
        String tmpdir = examined.flags().value("-Djava.io.tmpdir=");
        Map<String, String> environment = proc.environment(examined.process());
        for (String place : LibraryDirectories.of(tmpdir.isEmpty() ? "/tmp" : tmpdir, environment)) {
            String objection = objection(place, mounts.under(place));
            if (objection.isEmpty()) {
                return Finding.ok(
                        CHECK, place + (refused.isEmpty() ? "" : "; not usable: " + String.join(", ", refused)));
            }
            refused.add(place + " (" + objection + ")");
        }
        String none = "no directory in which a library can be written and mapped: " + String.join(", ", refused);
        return environment.containsKey("HOME")
                ? Finding.fail(CHECK, none, LibraryDirectories.REMEDY)
                : Finding.warn(
                        CHECK,
                        none + "; unless its user's home directory is one, which cannot be seen from here",
                        LibraryDirectories.REMEDY);
    }

    private String objection(String place, MountInfo.Mount mount) {
        if (!proc.isDirectorySeenBy(examined.process(), place)) {
            return "no such directory";
        }
        if (mount != null && mount.isNoexec()) {
            return "noexec";
        }
        return mount != null && mount.isReadOnly() ? "read-only" : "";
    }
}
