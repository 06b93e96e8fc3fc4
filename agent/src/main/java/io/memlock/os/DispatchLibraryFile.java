// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import io.memlock.jna.DispatchLibrary;
import java.io.Closeable;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * JNA's native library as a file, for as long as it takes to load it. It is written into a directory only this user can
 * enter, in the first place that can be written and is not mounted {@code noexec}.
 *
 * <p>The place may belong to somebody else, who can put other directories and files in place of ours at any moment. So what
 * is loaded is never looked up by its name: a file of a name that nobody can guess did not exist before it was opened and
 * is ours, whatever it lies in; and it is loaded as the open file it is, through {@code /proc/self/fd}. By then it is
 * removed, so nothing is left behind when the JVM is killed.
 *
 * <p>Uses {@code java.io} wherever that is enough: {@code java.nio.file} would fix the default file system before the
 * application's choice of one is set up.
 */
final class DispatchLibraryFile implements AutoCloseable {

    private static final String CHOICE_OF_FILE_SYSTEM = "java.nio.file.spi.DefaultFileSystemProvider";
    private static final String UMASK = "\nUmask:\t";
    private static final int OTHERS_WRITE = 0022;

    /** It is the second line. */
    private static final int STATUS_BYTES = 512;

    private static final int RANDOM_BYTES = 16;

    /** EMFILE in the C library's words. */
    private static final String NO_DESCRIPTOR = "Too many open files";

    private static final String NOT_IN_JAR = "the agent jar has no ";

    /** Where it is missing no directory helps: the library is loaded from there. */
    private static final String NO_PROC = "/proc is not mounted";

    private final File directory;
    private final File file;
    private Closeable open;

    private DispatchLibraryFile(File directory, File file) {
        this.directory = directory;
        this.file = file;
    }

    /**
     * Writes and loads the library.
     *
     * @param resource its name in the agent jar
     * @param places directories to try, in this order
     * @throws NativeUnavailableException if no place works; the message names each with its reason
     */
    static void load(String resource, List<String> places) throws NativeUnavailableException {
        StringBuilder tried = new StringBuilder();
        Throwable last = null;
        for (String place : places) {
            try (DispatchLibraryFile candidate = in(place)) {
                DispatchLibrary.load(candidate.write(resource));
                return;
            } catch (IOException | UnsatisfiedLinkError e) {
                if (isOfMusl(String.valueOf(e.getMessage()))) {
                    throw new NativeUnavailableException(
                            "needs glibc, but this JVM runs on musl, as in Alpine's images",
                            "# use an image with glibc",
                            e);
                }
                tried.append("\n    ").append(place).append(": ").append(reason(e));
                last = e;
            } catch (IllegalCallerException e) {
                throw new NativeUnavailableException(
                        "this JVM denies native access, and granting it to our own JNA did not work on this JDK",
                        "# start java with --illegal-native-access=warn",
                        e);
            }
        }
        throw new NativeUnavailableException(
                "no directory for the native library; tried" + tried, remedy(tried.toString()), last);
    }

    /** Returns what helps, for people, by our own words and by those of the C library for EMFILE and EFBIG. */
    static String remedy(String failures) {
        if (failures.contains(NO_DESCRIPTOR)) {
            return "# let this process open more files: ulimit -n, or LimitNOFILE= of its service";
        }
        if (failures.contains(NO_PROC)) {
            return "# mount /proc where this process runs, as root: mount -t proc proc /proc";
        }
        if (failures.contains("File too large")) {
            return "# let this process write larger files: ulimit -f, or LimitFSIZE= of its service";
        }
        if (failures.contains(NOT_IN_JAR)) {
            return "# install memlock-agent.jar again: this file is damaged";
        }
        return LibraryDirectories.REMEDY;
    }

    /** Returns whether it is musl that cannot load the library: in glibc's words a symbol is undefined. musl: ldso/dynlink.c */
    static boolean isOfMusl(String failure) {
        return failure.contains("Error relocating ");
    }

    /** Why, for people. The C library tells why it cannot load a file in words only: dlerror(3). */
    private static String reason(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("failed to map segment") ? "mounted noexec (" + message + ")" : message;
    }

    private static DispatchLibraryFile in(String place) throws IOException {
        File directory = new File(place, StaleLibraries.DIRECTORY + random());
        return new DispatchLibraryFile(
                directory, new File(directory, StaleLibraries.FILE + random() + StaleLibraries.SUFFIX));
    }

    /** Returns random digits. Not by SecureRandom: that loads providers for tens of milliseconds. */
    private static String random() throws IOException {
        byte[] bytes = new byte[RANDOM_BYTES];
        try (FileInputStream in = new FileInputStream("/dev/urandom")) {
            if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
                throw new IOException("/dev/urandom gives no random bytes");
            }
        }
        StringBuilder hex = new StringBuilder();
        for (byte one : bytes) {
            hex.append(Character.forDigit(one >> 4 & 0xf, 16)).append(Character.forDigit(one & 0xf, 16));
        }
        return hex.toString();
    }

    /** Returns the path by which the open file is found, and nothing else. */
    private String write(String resource) throws IOException {
        if (!directory.mkdir()) {
            throw new IOException(directory.getParentFile().isDirectory() ? "cannot be written" : "no such directory");
        }
        makePrivate(directory);
        try (InputStream in = DispatchLibraryFile.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException(NOT_IN_JAR.concat(resource));
            }
            OutputStream out = create();
            File opened = descriptor();
            makePrivate(opened);
            in.transferTo(out);
            remove();
            return opened.getPath();
        }
    }

    /**
     * Creates the file so that nobody else can write to it at any moment: who has opened a file can write to it for
     * ever.
     */
    @SuppressWarnings("StreamResourceLeak") // closed with this
    private OutputStream create() throws IOException {
        if (isUmaskTight()) {
            RandomAccessFile created = new RandomAccessFile(file, "rw");
            open = created;
            return new FileOutputStream(created.getFD());
        }
        if (System.getProperty(CHOICE_OF_FILE_SYSTEM) != null) {
            throw new IOException("the umask lets others write to new files: start java with umask 022");
        }
        SeekableByteChannel created = OwnersFile.create(file);
        open = created;
        return Channels.newOutputStream(created);
    }

    /** Returns whether it is known to keep all others from writing to new files. Told since Linux 4.7. proc_pid_status(5) */
    private static boolean isUmaskTight() {
        try (FileInputStream in = new FileInputStream("/proc/self/status")) {
            String status = new String(in.readNBytes(STATUS_BYTES), StandardCharsets.ISO_8859_1);
            int at = status.indexOf(UMASK);
            if (at < 0) {
                return false;
            }
            int from = at + UMASK.length();
            int umask = Integer.parseInt(status.substring(from, status.indexOf('\n', from)), 8);
            return (umask & OTHERS_WRITE) == OTHERS_WRITE;
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    /** Returns the open file, as a name that follows it wherever it goes. */
    private File descriptor() throws IOException {
        File listed = new File(OpenFiles.DIRECTORY);
        String[] numbers = listed.list();
        if (numbers == null
                && listed.canRead()) { // a list takes a descriptor, and java.io does not tell that there is none
            throw new IOException(NO_DESCRIPTOR);
        }
        if (numbers == null && !listed.isDirectory()) {
            throw new IOException(NO_PROC);
        }
        String path = file.getCanonicalPath();
        for (int i = numbers == null ? -1 : numbers.length - 1; i >= 0; i--) { // the last one, unless there was a gap
            File candidate = new File(OpenFiles.DIRECTORY, numbers[i]);
            if (candidate.getCanonicalPath().equals(path)) {
                return candidate;
            }
        }
        throw new IOException("cannot find the file that was just written there among " + OpenFiles.DIRECTORY);
    }

    /** Takes all rights from others, with what {@code java.io} offers. */
    private static void makePrivate(File file) throws IOException {
        boolean done = file.setReadable(false, false)
                && file.setWritable(false, false)
                && file.setExecutable(false, false)
                && file.setReadable(true, true)
                && file.setWritable(true, true)
                && file.setExecutable(true, true);
        if (!done) {
            throw new IOException("cannot make " + file + " private");
        }
    }

    @SuppressWarnings("ReturnValueIgnored") // a file that cannot be removed does no harm
    private void remove() {
        file.delete();
        directory.delete();
    }

    /** Closes and removes the file; what is mapped stays mapped. */
    @Override
    public void close() {
        remove();
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // Whatever could not be written, nobody needs any more.
            }
        }
    }
}
