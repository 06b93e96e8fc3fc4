// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.nio.file.FileSystems;

/**
 * Chooses its own default file system provider, with {@code main} inside main, otherwise by the command line. Prints
 * whether the JDK took it.
 */
public final class DefaultFileSystemApp {

    private DefaultFileSystemApp() {}

    /** Runs it. */
    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("main")) {
            System.setProperty(
                    "java.nio.file.spi.DefaultFileSystemProvider", ForwardingFileSystemProvider.class.getName());
        }
        FileSystems.getDefault();
        System.out.println(ForwardingFileSystemProvider.isInUse() ? "own" : "the JDK's");
    }
}
