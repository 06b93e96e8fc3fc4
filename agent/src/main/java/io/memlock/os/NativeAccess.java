// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import java.lang.instrument.Instrumentation;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;

/**
 * Opens the way to the C library: JNA's module, its native library, its initialisation. Once in a JVM: the JVM may look for a
 * native method in either copy of a library that was loaded twice, and nobody has initialised the second.
 */
public final class NativeAccess {

    /** From this release on native access is granted by module (JEP 472). */
    private static final int FIRST_RESTRICTED_RELEASE = 24;

    /** What the first call returned. */
    private static LibC opened;

    private NativeAccess() {}

    /**
     * Loads and initialises JNA without a trace: no child process, no logging, no property or file left behind. A start that
     * fails later on may be followed by an attach: who comes second gets what the first has opened.
     *
     * @param instrumentation grants JNA native access on JDK 24 and later; null on the command line, where the jar's
     *     manifest does
     * @return the C library
     * @throws NativeUnavailableException if it cannot be called; the message says why and what to do
     */
    public static synchronized LibC open(Instrumentation instrumentation) throws NativeUnavailableException {
        if (opened == null) {
            opened = load(instrumentation);
        }
        return opened;
    }

    private static LibC load(Instrumentation instrumentation) throws NativeUnavailableException {
        Platform platform = Platform.current();
        if (platform == null) {
            throw new NativeUnavailableException(
                    "needs Linux on x86-64 or aarch64; this is " + System.getProperty("os.name") + " on "
                            + System.getProperty("os.arch"),
                    "# run java without the agent on this machine",
                    null);
        }
        Charset charset = Charset.defaultCharset();
        if (!"UTF8"
                .equals(new String(new byte[] {'U', 'T', 'F', '8'}, charset))) { // JNA's library reads this name by it
            throw new NativeUnavailableException(
                    "JNA does not work with " + charset + " as the default charset",
                    "# start java with another one, such as -Dfile.encoding=UTF-8",
                    null);
        }
        if (instrumentation != null && Runtime.version().feature() >= FIRST_RESTRICTED_RELEASE) {
            JnaModule.define(instrumentation);
        }
        try {
            DispatchLibraryFile.load(platform.library, LibraryDirectories.usual());
        } catch (NativeUnavailableException e) {
            DispatchLibraryFile.load(platform.library, LibraryDirectories.ofThisProcess());
        }
        if (instrumentation == null) { // an application has better things to do than to list /tmp
            StaleLibraries.remove(LibraryDirectories.ofThisProcess(), System.currentTimeMillis());
        }
        try {
            return new JnaLibC();
        } catch (LinkageError e) {
            throw new NativeUnavailableException(
                    "JNA could not be initialised: " + e,
                    "# install memlock-agent.jar again; if that does not help, please report this as a bug",
                    e);
        }
    }

    /**
     * Finds where the memory of a direct buffer is. Needs the access that {@link #open} has opened.
     *
     * @return the address of the byte with index 0
     */
    public static long addressOf(ByteBuffer direct) {
        return JnaLibC.addressOf(direct);
    }
}
