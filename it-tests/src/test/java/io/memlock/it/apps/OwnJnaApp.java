// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import com.sun.jna.Function;
import com.sun.jna.Native;
import java.lang.reflect.Field;

/** Brings its own JNA: prints its version and where it was loaded from, and calls {@code getpid} through it. */
public final class OwnJnaApp {

    private OwnJnaApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        // Reflection: javac would copy the constant of the JNA it compiles against.
        Field version = Class.forName("com.sun.jna.Version").getDeclaredField("VERSION");
        version.setAccessible(true);
        System.out.println("version " + version.get(null));
        System.out.println("loader "
                + (Native.class.getClassLoader() == ClassLoader.getSystemClassLoader() ? "application" : "another"));
        int pid = Function.getFunction("c", "getpid").invokeInt(new Object[0]);
        System.out.println("getpid " + (pid == ProcessHandle.current().pid() ? "right" : "wrong"));
    }
}
