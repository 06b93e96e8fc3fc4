// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.proc.ProcFs;
import java.io.IOException;

/** HotSpot's listener for those who attach: a thread, and a socket in the JVM's {@code /tmp}. attachListener_posix.cpp */
public final class AttachListener {

    static final String THREAD = "Attach Listener";

    private AttachListener() {}

    /**
     * Returns the name of the socket.
     *
     * @param number of the JVM, by which it knows itself
     */
    static String socketName(long number) {
        return ".java_pid" + number;
    }

    /**
     * Returns whether a JVM listens already, so that it needs no SIGQUIT: since it was attached to, or since its start, as with
     * {@code -Xrs} and {@code -XX:+StartAttachListener}.
     *
     * @throws IOException if the JVM has ended
     */
    public static boolean isThere(ProcFs proc, String pid) throws IOException {
        return proc.hasThread(pid, THREAD)
                && proc.existsSeenBy(pid, "/tmp/" + socketName(proc.status(pid).ownPid()));
    }
}
