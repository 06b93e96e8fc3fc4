// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.nio.file.Files;
import java.nio.file.Path;

/** Java runtimes as jlink makes them. */
public final class SmallRuntime {

    private SmallRuntime() {}

    /**
     * Returns a runtime, which is made the first time.
     *
     * @param jdk whose jlink makes it
     * @param modules separated by commas; what they require comes along
     * @param directory where those made before are, too
     */
    public static synchronized Jdk of(Jdk jdk, String modules, Path directory) {
        Path runtime = directory.resolve(jdk.version() + "-" + modules);
        if (!Files.exists(runtime)) {
            Commands.succeed(jdk.tool("jlink").toString(), "--add-modules", modules, "--output", runtime.toString());
        }
        return new Jdk(runtime, jdk.feature(), jdk.version());
    }
}
