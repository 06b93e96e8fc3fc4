// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/** HotSpot's listener for those who attach: a thread, and a socket in the JVM's {@code /tmp}. attachListener_posix.cpp */
public final class AttachListener {

    private static final String THREAD = "Attach Listener";

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
        String socket = "/tmp/" + socketName(proc.status(pid).ownPid());
        return isThere(proc, pid, () -> proc.existsSeenBy(pid, socket));
    }

    /**
     * Returns whether a JVM listens already. A socket alone is no sign: a JVM that is killed leaves it behind, and the next one
     * may have the same number.
     *
     * @param hasSocket looks for the socket
     */
    static boolean isThere(ProcFs proc, String pid, BooleanSupplier hasSocket) {
        return proc.hasThread(pid, THREAD) && hasSocket.getAsBoolean();
    }
}
