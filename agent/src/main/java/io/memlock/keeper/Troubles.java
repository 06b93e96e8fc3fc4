// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

import io.memlock.bootstrap.AgentThread;
import io.memlock.log.Log;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Logs errors that an agent's thread survives: once for each kind, and always at {@code log=debug}. A file that cannot
 * be read is reported with the state. Not thread-safe.
 */
final class Troubles {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** The kinds that are told: more of them would be one kind with ever new words. */
    private static final int MOST_KINDS = 10;

    private final String whose;
    private final Log log;
    private final Class<?>[] told = new Class<?>[MOST_KINDS];
    private int kinds;

    Troubles(String whose, Log log) {
        this.whose = whose;
        this.log = log;
    }

    /** Pauses a little, so that what comes again and again costs little. Throws nothing but what nobody can hold back. */
    void goOnAfter(Throwable trouble) {
        try {
            if (!(trouble instanceof IOException) && isNew(trouble.getClass())) {
                log.warn("the " + whose + " met " + trouble + ": it goes on, and tries again");
                told[kinds++] = trouble.getClass();
            } else {
                log.debug(whose + ": " + trouble + "; trying again");
            }
        } catch (Throwable again) {
            // There may be no memory to say so. Then the next time.
        }
        AgentThread.rest(PAUSE_NANOS);
    }

    private boolean isNew(Class<?> kind) {
        for (int i = 0; i < kinds; i++) {
            if (told[i] == kind) {
                return false;
            }
        }
        return kinds < MOST_KINDS;
    }
}
