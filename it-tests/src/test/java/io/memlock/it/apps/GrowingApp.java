// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Grows steadily, as a service whose caches fill: {@code grow MB} adds live objects and garbage, 50 MB of each a second. */
public final class GrowingApp {

    private static final int OBJECT_BYTES = 1024;
    private static final int OBJECTS_PER_MEGABYTE = 1024;
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int OBJECTS_PER_STEP = OBJECTS_PER_MEGABYTE / 4;

    private static final List<byte[]> LIVE = new ArrayList<>();
    private static byte[] garbage;

    private GrowingApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        CommandLoop.run(GrowingApp::handle);
    }

    private static String handle(String command, String[] arguments) throws Exception {
        if (!command.equals("grow")) {
            throw CommandLoop.unknown(command);
        }
        int wanted = Integer.parseInt(arguments[0]) * OBJECTS_PER_MEGABYTE;
        long next = System.nanoTime();
        while (LIVE.size() < wanted) {
            for (int i = 0; i < OBJECTS_PER_STEP; i++) {
                LIVE.add(new byte[OBJECT_BYTES - 16]);
                garbage = new byte[OBJECT_BYTES - 16];
            }
            next += STEP_NANOS;
            LockSupport.parkNanos(next - System.nanoTime());
        }
        return "grow " + LIVE.size() / OBJECTS_PER_MEGABYTE + " " + garbage.length;
    }
}
