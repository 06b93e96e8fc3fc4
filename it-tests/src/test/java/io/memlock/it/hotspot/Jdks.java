// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.hotspot;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The JDKs of this machine. */
final class Jdks {

    private Jdks() {}

    /**
     * A JDK of a version: {@code JAVA_HOME_17_X64} and the like, which GitHub's runners set, else what is installed where
     * Linux distributions install.
     *
     * @param version for example 17
     */
    static Path find(int version) throws java.io.IOException {
        List<Path> candidates = new ArrayList<>();
        for (String architecture : List.of("X64", "ARM64")) {
            String home = System.getenv("JAVA_HOME_" + version + "_" + architecture);
            if (home != null) {
                candidates.add(Path.of(home));
            }
        }
        File[] installed = new File("/usr/lib/jvm").listFiles(File::isDirectory);
        if (installed != null) {
            for (File home : installed) {
                candidates.add(home.toPath());
            }
        }
        for (Path home : candidates) {
            Path release = home.resolve("release");
            if (Files.isRegularFile(release)
                    && Files.readString(release).contains("JAVA_VERSION=\"" + version + ".")
                    && Files.isExecutable(home.resolve("bin/jcmd"))) {
                return home.toRealPath();
            }
        }
        String message = "there is no JDK " + version + " here";
        return "true".equals(System.getenv("CI")) ? fail(message) : abort(message);
    }
}
