// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.hotspot;

import io.memlock.it.harness.AgentJar;
import io.memlock.it.harness.Commands;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Machine;
import java.nio.file.Path;

/** What a JVM needs to write a cache of classes. */
final class ClassCache {

    private static final int FIRST_WITH_CACHE = 25;

    private ClassCache() {}

    /** Returns a JDK that writes AOT caches. */
    static Jdk jdk() {
        Jdk jdk = Jdk.newest();
        Machine.require(jdk.feature() >= FIRST_WITH_CACHE, "needs a JDK that writes AOT caches in one go, 25 or later");
        return jdk;
    }

    /** Puts the applications under test into a jar, and returns it: the JVM puts no class into a cache that comes from a directory. */
    static Path jarOfApps(Path directory) {
        Path jar = directory.resolve("apps.jar");
        Commands.succeed(
                Jdk.newest().tool("jar").toString(),
                "--create",
                "--file",
                jar.toString(),
                "-C",
                AgentJar.testClasses().toString(),
                "io/memlock/it/apps");
        return jar;
    }
}
