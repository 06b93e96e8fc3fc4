// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.os.LibraryDirectories;
import io.memlock.proc.MountInfo;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Whether the agent finds a place for its native library, for the moment it takes to load it, in another JVM. */
final class LibraryPlace {

    private static final String CHECK = "library place";

    private final ProcFs proc;
    private final Patient patient;

    LibraryPlace(ProcFs proc, Patient patient) {
        this.proc = proc;
        this.patient = patient;
    }

    Finding finding() throws IOException {
        MountInfo mounts = proc.mountInfo(patient.process());
        List<String> refused = new ArrayList<>();
        String tmpdir = patient.flags().value("-Djava.io.tmpdir=");
        for (String place :
                LibraryDirectories.of(tmpdir.isEmpty() ? "/tmp" : tmpdir, proc.environment(patient.process()))) {
            String objection = objection(place, mounts.under(place));
            if (objection.isEmpty()) {
                return Finding.ok(
                        CHECK, place + (refused.isEmpty() ? "" : "; not usable: " + String.join(", ", refused)));
            }
            refused.add(place + " (" + objection + ")");
        }
        return Finding.fail(
                CHECK,
                "none to write and map a library in: " + String.join(", ", refused),
                "# start the JVM with -Djava.io.tmpdir=DIRECTORY, one its user can write and that is not mounted noexec");
    }

    private String objection(String place, MountInfo.Mount mount) {
        if (!proc.isDirectorySeenBy(patient.process(), place)) {
            return "no such directory";
        }
        if (mount != null && mount.isNoexec()) {
            return "noexec";
        }
        return mount != null && mount.isReadOnly() ? "read-only" : "";
    }
}
