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
            return switch (command) {
                case "open" -> Integer.toString(AppLibC.open(arguments[0], 0));
                case "children" -> start(Integer.parseInt(arguments[0]), arguments[1], kept);
                default -> throw CommandLoop.unknown(command);
            };
        });
    }

    private static String start(int children, String list, List<byte[]> kept) {
        for (int i = 0; i < children; i++) {
            kept.add(new byte[KEPT_BYTES]);
            if (kept.size() == KEPT) {
                kept.clear();
            }
            if (AppLibC.system("exec ls -l /proc/self/fd >>" + list) != 0) {
                throw new IllegalStateException("a child failed");
            }
        }
        return Integer.toString(children);
    }
}
