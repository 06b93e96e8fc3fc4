// SPDX-License-Identifier: Apache-2.0
package io.memlock.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;

/** Writes a new file that appears whole or not at all, and that only its owner can read. */
public class WholeFile {

    private static final Set<OpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    private static final FileAttribute<?> OWNERS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final boolean isReplaced;

    /**
     * Describes the file.
     *
     * @param isReplaced whether a file that is there already is replaced
     */
    public WholeFile(Path file, boolean isReplaced) {
        this.file = file.toAbsolutePath();
        this.isReplaced = isReplaced;
    }

    /** Returns why the file cannot be written, as far as that is known in advance; null if it can. */
    public String obstacle() {
        if (Files.isDirectory(file)) {
            return file + " is a directory; name a file in it with -o";
        }
        if (!Files.isWritable(file.getParent())) {
            return "no file can be made in " + file.getParent() + "; name another with -o";
        }
        if (isOfAnotherKind()) {
            return file + " is no regular file, and stays as it is; name another with -o";
        }
        return !isReplaced && Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                ? file + " exists: name another with -o, or replace it with --force"
                : null;
    }

    /** Returns whether others need what is there as it is: a device, a FIFO, or a link into /proc as /dev/stdout is one. */
    private boolean isOfAnotherKind() {
        try {
            boolean isSpecialLink =
                    Files.isSymbolicLink(file) && Files.readSymbolicLink(file).startsWith("/proc");
            return isSpecialLink || (Files.exists(file) && !Files.isRegularFile(file));
        } catch (IOException e) {
            return true;
        }
    }

    /** Writes the file, and returns its path. A link in its place is not followed. */
    public Path write(String text) throws IOException {
        Path beside = file.resolveSibling(".memlock-" + Long.toUnsignedString(new SecureRandom().nextLong()) + ".tmp");
        try {
            // The directory may be another user's, who could exchange the file before it is opened again.
            try (OutputStream made = make(beside)) {
                // Unlike writeString this does not fail for half a character, but writes a question mark.
                made.write(text.getBytes(StandardCharsets.UTF_8));
            } // before anybody sees it: NFS may tell of a full disk only here
            if (isReplaced) {
                Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
            } else {
                appear(beside);
            }
        } finally {
            Files.deleteIfExists(beside);
        }
        return file;
    }

    /**
     * Gives the file its name. Fails if something has that by now, also a link to nothing. Without links it is empty for a
     * moment.
     */
    private void appear(Path beside) throws IOException {
        try {
            link(beside);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) { // as on a USB stick
            make(file).close();
            try {
                Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException failure) {
                Files.deleteIfExists(file); // the empty one just made
                throw failure;
            }
        }
    }

    void link(Path beside) throws IOException {
        Files.createLink(file, beside);
    }

    OutputStream make(Path newFile) throws IOException {
        return Channels.newOutputStream(Files.newByteChannel(newFile, NEW, OWNERS));
    }
}
