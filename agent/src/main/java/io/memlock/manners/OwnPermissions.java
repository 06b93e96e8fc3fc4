// SPDX-License-Identifier: Apache-2.0
package io.memlock.manners;

import io.memlock.bootstrap.Privileged;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.function.Supplier;

/**
 * Runs a task of an agent's thread with all permissions. Otherwise a thread has only the permissions common to all
 * callers that took part in starting it, and a class of the application's class path is one of them. A security manager
 * may be set while the JVM runs.
 */
@SuppressWarnings("removal") // and not used where it is removed
public final class OwnPermissions implements Runnable {

    private final Runnable body;

    private OwnPermissions(Runnable body) {
        this.body = body;
    }

    /** Returns whether this JDK has security managers. */
    public static boolean exist() {
        return Runtime.version().feature() < Privileged.FIRST_RELEASE_WITHOUT;
    }

    /** Returns what something returns with these permissions. */
    public static <T> T get(Supplier<T> body) {
        return exist() ? AccessController.doPrivileged((PrivilegedAction<T>) body::get) : body.get();
    }

    /** Returns something that does the same with these permissions. */
    public static Runnable of(Runnable body) {
        return exist() ? new OwnPermissions(body) : body;
    }

    @Override
    public void run() {
        AccessController.doPrivileged(new PrivilegedAction<Void>() {
            @Override
            public Void run() {
                body.run();
                return null;
            }
        });
    }
}
