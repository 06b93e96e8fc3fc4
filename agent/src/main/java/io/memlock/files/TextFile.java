// SPDX-License-Identifier: Apache-2.0
package io.memlock.files;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Reads whole files into one buffer that is reused, and says why a file cannot be read. A process can make most files
 * about it as long as it likes, so a file longer than any genuine one is an error. Not thread-safe.
 */
public final class TextFile {

    /** A file of the kernel comes a page a time at most, and up to 8 KiB the JDK reads without malloc. */
    public static final int READ_BYTES = 8192;

    /** The maps of a process with ten times the mappings the kernel allows by default. */
    static final int LARGEST_BYTES = 64 << 20;

    private final FileOpener opener;
    private byte[] buffer = new byte[2 * READ_BYTES]; // there are seven of these in an agent
    private int length;
    private final CRC32 checksum = new CRC32();

    public TextFile(FileOpener opener) {
        this.opener = opener;
    }

    /**
     * Reads a text, valid until the next call. All of it is read before any is parsed, to be of one moment if possible.
     */
    public Cursor read(File file) throws IOException {
        try (InputStream in = opener.open(file)) {
            return read(file.getPath(), in);
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    public Cursor read(String name, InputStream in) throws IOException {
        length = 0;
        int count = in.read(buffer, 0, READ_BYTES);
        while (count >= 0) {
            length += count;
            if (length > LARGEST_BYTES) {
                throw new IOException("larger than " + (LARGEST_BYTES >> 20) + " MiB");
            }
            if (buffer.length - length < READ_BYTES) {
                buffer = Arrays.copyOf(buffer, 2 * buffer.length);
            }
            count = in.read(buffer, length, READ_BYTES);
        }
        return new Cursor(name, buffer, length);
    }

    /** Returns how many bytes were read last. */
    public int length() {
        return length;
    }

    /**
     * Returns the CRC-32 of what was read last: the JDK computes it in native code even where nothing is compiled yet.
     */
    public long checksum() {
        checksum.reset();
        checksum.update(buffer, 0, length);
        return checksum.getValue();
    }

    /** Returns an exception with the file and the reason in its message: {@code /proc/1/smaps: permission denied}. */
    public static IOException failure(File file, IOException cause) {
        if (cause instanceof UnreadableException) {
            return cause;
        }
        return new UnreadableException(file.getPath() + ": " + reason(file, cause), cause);
    }

    private static String reason(File file, IOException cause) {
        File directory = file.getParentFile();
        if (directory != null && !directory.exists() && isNumber(directory.getName())) {
            return "no such process";
        }
        String message = cause.getMessage();
        if (message == null || message.isEmpty()) {
            return "cannot be read";
        }
        // java.io puts the system's own words behind the path: "/proc/1/maps (Permission denied)".
        String prefix = file.getPath() + " (";
        if (message.startsWith(prefix) && message.endsWith(")")) {
            message = message.substring(prefix.length(), message.length() - 1);
        }
        boolean isName = message.length() > 1 && Character.isUpperCase(message.charAt(1)); // EACCES
        return isName ? message : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    /** Returns whether a file name is a process's. */
    public static boolean isNumber(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return false;
            }
        }
        return !name.isEmpty() && name.length() < 10;
    }

    /** Already says which file and why. */
    private static final class UnreadableException extends IOException {

        private static final long serialVersionUID = 1L;

        UnreadableException(String message, IOException cause) {
            super(message, cause);
        }
    }
}
