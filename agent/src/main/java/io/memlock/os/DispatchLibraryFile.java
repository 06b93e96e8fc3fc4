// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import io.memlock.jna.DispatchLibrary;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * JNA's native library as a file, for as long as it takes to load it. It is written into a directory only this user can
 * enter, in the first place that can be written and is not mounted {@code noexec}; once the library is mapped, file and
 * directory are removed, so nothing is left behind when the JVM is killed later.
 *
 * <p>Uses {@code java.io} only: {@code java.nio.file} would fix the default file system before the application's choice
 * of one is set up.
 */
final class DispatchLibraryFile implements AutoCloseable {

    /** The name JNA looks for. */
    private static final String FILE_NAME = "libjnidispatch.so";

    private final File directory;
    private final File file;

    private DispatchLibraryFile(File directory) {
        this.directory = directory;
        this.file = new File(directory, FILE_NAME);
    }

    /**
     * Writes and loads the library.
     *
     * @param resource its name in the agent jar
     * @param places directories to try, in this order
     * @return the loaded file, to be closed when JNA has found it too
     * @throws NativeUnavailableException if no place works; the message names each with its reason
     */
    static DispatchLibraryFile load(String resource, List<String> places) throws NativeUnavailableException {
        StringBuilder tried = new StringBuilder();
        Throwable last = null;
        for (String place : places) {
            DispatchLibraryFile candidate = new DispatchLibraryFile(privateDirectory(place));
            try {
                candidate.write(resource);
                DispatchLibrary.load(candidate.file.getPath());
                return candidate;
            } catch (IOException | UnsatisfiedLinkError e) {
                candidate.close();
                tried.append("\n    ").append(place).append(": ").append(reason(e));
                last = e;
            } catch (IllegalCallerException e) {
                candidate.close();
                throw new NativeUnavailableException(
                        "this JVM denies native access, and granting it to our own JNA did not work on this JDK;"
                                + " start java with --illegal-native-access=warn",
                        e);
            }
        }
        throw new NativeUnavailableException(
                "no place to put the native library; tried" + tried
                        + "\n  Point java.io.tmpdir at a directory this user can write and that is not mounted noexec:"
                        + " -Djava.io.tmpdir=DIRECTORY",
                last);
    }

    private static String reason(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("failed to map segment") ? "mounted noexec (" + message + ")" : message;
    }

    /** A directory that does not exist yet. The name need not be a secret: {@code mkdir} fails if somebody has it. */
    private static File privateDirectory(String place) {
        return new File(place, "memlock-" + Long.toHexString(System.nanoTime()));
    }

    /** The directory to give JNA as {@code jna.boot.library.path}. */
    String directory() {
        return directory.getPath();
    }

    private void write(String resource) throws IOException {
        if (!directory.mkdir()) {
            throw new IOException(directory.getParentFile().isDirectory() ? "cannot be written" : "no such directory");
        }
        makePrivate();
        String[] found = directory.list();
        // Nobody can enter any more; whoever was faster than makePrivate, under a umask of 0, is caught here.
        if (found == null || found.length != 0) {
            throw new IOException("somebody else wrote into " + directory);
        }
        try (InputStream in = DispatchLibraryFile.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("the agent jar has no " + resource);
            }
            try (OutputStream out = new FileOutputStream(file)) {
                in.transferTo(out);
            }
        }
    }

    /** Mode 0700, with what {@code java.io} offers. */
    private void makePrivate() throws IOException {
        boolean done = directory.setReadable(false, false)
                && directory.setWritable(false, false)
                && directory.setExecutable(false, false)
                && directory.setReadable(true, true)
                && directory.setWritable(true, true)
                && directory.setExecutable(true, true);
        if (!done) {
            throw new IOException("cannot make " + directory + " private");
        }
    }

    /** Removes file and directory; what is mapped stays mapped. */
    @Override
    @SuppressWarnings("ReturnValueIgnored") // a file that cannot be removed does no harm
    public void close() {
        file.delete();
        directory.delete();
    }
}
