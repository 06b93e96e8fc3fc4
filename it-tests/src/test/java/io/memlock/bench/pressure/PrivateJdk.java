// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.pressure;

import io.memlock.it.harness.Commands;
import io.memlock.it.harness.Jdk;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A copy of a JDK that nobody else runs: its pages in the page cache count in the cgroup of the service that first
 * touches them, and can be taken away there. Those of the machine's own JDK belong to whoever came first.
 */
final class PrivateJdk {

    private final Jdk jdk;

    private PrivateJdk(Jdk jdk) {
        this.jdk = jdk;
    }

    /** Copies one, unless it is there already. */
    static PrivateJdk copyOf(Jdk original, Path directory) {
        Path home = directory.toAbsolutePath().resolve("jdk-" + original.version());
        if (!Files.isDirectory(home)) {
            String half = home + ".part";
            // A JDK may contain links that lead nowhere, as to its sources: cp complains and goes on.
            String copy = "rm -rf " + half + "; mkdir -p " + half + "; cd " + original.home()
                    + "; cp -rL bin conf lib release " + half + " || true; " + half + "/bin/java -version; mv " + half
                    + " " + home;
            Commands.succeed("sh", "-ec", copy);
        }
        return new PrivateJdk(new Jdk(home, original.feature(), original.version()));
    }

    /** The copy, none of its files in the page cache. */
    Jdk cold() {
        Commands.succeed("sync", "-f", jdk.home().toString());
        Commands.succeed(
                "sh",
                "-c",
                "find " + jdk.home() + " -type f -size +16k -exec dd if={} iflag=nocache count=0 status=none" + " \\;");
        return jdk;
    }
}
