// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.contender;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * What most servers do, as an agent: JNA on the plain class path, {@code Native.register}, one {@code mlockall}. Its
 * argument is mlockall's.
 */
public final class MlockallAgent {

    private MlockallAgent() {}

    private static native int mlockall(int flags);

    /** Locks once. */
    public static void premain(String flags) {
        // Otherwise JNA runs ldconfig as a child process.
        System.setProperty("jna.platform.library.path", "");
        Native.register(MlockallAgent.class, NativeLibrary.getProcess());
        if (mlockall(Integer.parseInt(flags)) != 0) {
            throw new IllegalStateException("mlockall(" + flags + "): errno " + Native.getLastError());
        }
    }

    /** Locks once, in a JVM that runs. */
    public static void agentmain(String flags) {
        premain(flags);
    }
}
