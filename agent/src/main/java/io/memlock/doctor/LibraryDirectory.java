// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.os.LibraryDirectories;
import io.memlock.proc.MountInfo;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

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
        MountInfo mounts = proc.mountInfo(examined.process());
        List<String> refused = new ArrayList<>();
        String tmpdir = examined.flags().value("-Djava.io.tmpdir=");
        for (String place :
                LibraryDirectories.of(tmpdir.isEmpty() ? "/tmp" : tmpdir, proc.environment(examined.process()))) {
            String objection = objection(place, mounts.under(place));
            if (objection.isEmpty()) {
                return Finding.ok(
                        CHECK, place + (refused.isEmpty() ? "" : "; not usable: " + String.join(", ", refused)));
            }
            refused.add(place + " (" + objection + ")");
        }
        return Finding.fail(
                CHECK,
                "no directory in which a library can be written and mapped: " + String.join(", ", refused),
                "# start the JVM with -Djava.io.tmpdir=DIRECTORY: a directory that its user can write and that is"
                        + " not mounted noexec");
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
