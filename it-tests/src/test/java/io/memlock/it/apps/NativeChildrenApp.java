// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.util.ArrayList;
import java.util.List;

/**
 * Starts processes as a native library does, which closes none of the JVM's descriptors, and keeps the JVM busy meanwhile.
 * {@code children N FILE} has each of N children write what it inherited to the end of a file; {@code open FILE} opens a
 * file so that children inherit it.
 */
public final class NativeChildrenApp {

    private static final int KEPT_BYTES = 1 << 20;
    private static final int KEPT = 50;

    private NativeChildrenApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        List<byte[]> kept = new ArrayList<>();
        CommandLoop.run((command, arguments) -> {
            switch (command) {
                case "open":
                    return Integer.toString(AppLibC.open(arguments[0], 0));
                case "children":
                    for (int i = Integer.parseInt(arguments[0]); i > 0; i--) {
                        kept.add(new byte[KEPT_BYTES]);
                        if (kept.size() == KEPT) {
                            kept.clear();
                        }
                        if (AppLibC.system("exec ls -l /proc/self/fd >>" + arguments[1]) != 0) {
                            throw new IllegalStateException("a child failed");
                        }
                    }
                    return arguments[0];
                default:
                    throw CommandLoop.unknown(command);
            }
        });
    }
}
