// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

/**
 * Says {@code ready}, fills its heap with so many megabytes that stay alive, from its fourth second on, at 125 MB/s at most, and
 * says {@code full}.
 */
public final class FillingApp {

    private static final int ARRAY_BYTES = 256 << 10;
    private static final long PAUSE_MILLIS = 2;
    private static final long BEFORE_MILLIS = 3000;

    private FillingApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        byte[][] live = new byte[Integer.parseInt(args[0]) * ((1 << 20) / ARRAY_BYTES)][];
        System.out.println("ready");
        Thread.sleep(BEFORE_MILLIS);
        for (int i = 0; i < live.length; i++) {
            live[i] = new byte[ARRAY_BYTES];
            Thread.sleep(PAUSE_MILLIS);
        }
        System.out.println("full");
        while (System.in.read() >= 0) {
            live[0] = new byte[ARRAY_BYTES];
        }
    }
}
