// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.nio.file.Path;

/** What Flight Recorder records in a JVM under test. */
public final class FlightRecording {

    private FlightRecording() {}

    /** Writes what has been recorded so far into a file of a directory, and returns it. */
    public static Path dump(Jdk jdk, ForkedJvm jvm, Path directory) {
        Path file = directory.resolve(jvm.pid() + ".jfr");
        jdk.jcmd(jvm.pid(), "JFR.dump", "filename=" + file);
        return file;
    }
}
