// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Maps memory, locks it at once and unmaps it some time later, as fast as it can, and looks all the time whether any of it
 * is not locked. Prints {@code ready} after the first round, and at the end of its input {@code storm LOCKED LOST}.
 *
 * <p>Arguments: {@code mlock}, {@code onfault} or {@code mlockall} (which locks all there is at that moment); {@code
 * anonymous} or a file to be mapped.
 */
public final class LockStormApp {

    private static final int KEPT = 64;
    private static final long PAGE = 4096;
    private static final long LENGTH = 4 * PAGE;
    private static final int ON_FAULT = 1;
    private static final int CURRENT = 1;

    private final String call;
    private final int descriptor;
    private final Deque<Long> kept = new ArrayDeque<>();
    private long locked;
    private long lost;

    private LockStormApp(String call, int descriptor) {
        this.call = call;
        this.descriptor = descriptor;
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        int file =
                args[1].equals("anonymous") ? -1 : AppLibC.open(Path.of(args[1]).toString(), 2);
        LockStormApp app = new LockStormApp(args[0], file);
        app.round();
        System.out.println("ready");
        Thread end = new Thread(LockStormApp::awaitEndOfInput);
        end.start();
        while (end.isAlive()) {
            app.round();
        }
        System.out.println("storm " + app.locked + " " + app.lost);
    }

    private static void awaitEndOfInput() {
        try {
            System.in.read();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void round() {
        int kind = descriptor < 0 ? AppLibC.MAP_PRIVATE | AppLibC.MAP_ANONYMOUS : AppLibC.MAP_SHARED;
        long address = AppLibC.mmap(0, LENGTH + PAGE, AppLibC.PROT_READ | AppLibC.PROT_WRITE, kind, descriptor, 0);
        AppLibC.munmap(address + LENGTH, PAGE); // so that no two are one mapping
        int failed =
                switch (call) {
                    case "mlock" -> AppLibC.mlock(address, LENGTH);
                    case "onfault" -> AppLibC.mlock2(address, LENGTH, ON_FAULT);
                    default -> AppLibC.mlockall(CURRENT);
                };
        if (failed != 0) {
            throw new IllegalStateException(call + " failed");
        }
        locked++;
        kept.addLast(address);
        boolean isLost = false;
        for (Iterator<Long> each = kept.iterator(); each.hasNext(); ) {
            long one = each.next();
            if (AppLibC.msync(one, LENGTH, AppLibC.MS_INVALIDATE) == 0) {
                isLost = true;
                AppLibC.munmap(one, LENGTH);
                each.remove();
            }
        }
        lost += isLost ? 1 : 0;
        if (kept.size() > KEPT) {
            AppLibC.munmap(kept.removeFirst(), LENGTH);
        }
    }
}
