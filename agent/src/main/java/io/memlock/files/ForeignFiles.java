// SPDX-License-Identifier: Apache-2.0
package io.memlock.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads the files that another process sees, with more rights than its user has. It reads only what that user could
 * read: each directory on the way and the file are his, or open to everybody. Links lead nowhere but below the
 * process's root directory; the file is a regular one, and no longer than expected. Everything is looked up from an
 * open directory, so that no part of a path can be exchanged behind our back.
 *
 * <p>Only the command line asks for this. It knows the default file system, which an application may want to choose.
 */
public final class ForeignFiles implements AutoCloseable {

    private static final int MOST_STEPS = 200;
    private static final int MOST_LINKS = 16;

    private static final Path HERE = Path.of(".");
    private static final Path UP = Path.of("..");

    /** Writes bytes as a URI has them. */
    private static final HexFormat OCTETS = HexFormat.of().withPrefix("%");

    /** The longest time for what takes microseconds where nobody means harm. */
    private static final long LONGEST_MILLIS = 2_000;

    private final Path root;
    private final UserPrincipal user;
    private final Deque<SecureDirectoryStream<Path>> directories = new ArrayDeque<>();
    private final Deque<Path> names = new ArrayDeque<>();
    private boolean isStuck;

    /**
     * Enters a root directory.
     *
     * @param root {@code /proc/PID/root}
     * @param uid whose files may be read
     */
    @SuppressWarnings("StreamResourceLeak") // closed with all others
    public ForeignFiles(Path root, long uid) throws IOException {
        this.root = root;
        this.user = root.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(Long.toString(uid));
        enter(Files.newDirectoryStream(root));
    }

    /**
     * Returns the path of a mapping as its process sees it. The kernel tells paths as whoever reads them sees them: those of
     * a process below chroot(2) begin with the path of its root directory. proc_pid_maps(5), fs/d_path.c
     *
     * @param root {@code /proc/PID/root}
     * @param path as in {@code /proc/PID/maps}
     */
    public static String seenFrom(Path root, String path) {
        try {
            String target = Files.readSymbolicLink(root).toString();
            return path.startsWith(target + "/") ? path.substring(target.length()) : path;
        } catch (IOException e) {
            return path;
        }
    }

    /**
     * Reads a regular file.
     *
     * @param path absolute, as the process sees it
     * @param longest bytes; more are refused
     * @throws IOException if there is none, or none that may be read
     */
    public byte[] read(String path, int longest) throws IOException {
        Path name = find(path);
        PosixFileAttributes before = attributes(name);
        if (!before.isRegularFile() || !isOpen(before, PosixFilePermission.OTHERS_READ)) {
            throw new IOException(path + ": not a regular file that its user may read");
        }
        FutureTask<byte[]> reading = new FutureTask<>(() -> read(path, name, before.fileKey(), longest));
        Thread reader = new Thread(reading, "file-reader"); // other commands must not take it for one of an agent's
        reader.setDaemon(true);
        reader.start();
        try {
            return reading.get(LONGEST_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            isStuck = true;
            throw new IOException(path + ": another process keeps it from being opened", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            isStuck = true;
            throw new InterruptedIOException(path);
        }
    }

    /** The file may have become a FIFO since the look at it, or be leased (fcntl(2)): then to open it waits for others. */
    private byte[] read(String path, Path name, Object fileKey, int longest) throws IOException {
        try (InputStream in = Channels.newInputStream(directories
                .getLast()
                .newByteChannel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)))) {
            if (!attributes(name).fileKey().equals(fileKey)) {
                throw new IOException(path + ": was exchanged while it was opened");
            }
            byte[] bytes = in.readNBytes(longest + 1);
            if (bytes.length > longest) {
                throw new IOException(path + ": longer than " + longest + " bytes");
            }
            return bytes;
        }
    }

    /**
     * Looks at what is at a path, without opening it.
     *
     * @return whether it is a directory
     * @throws IOException if there is nothing, or nothing the process's user would reach
     */
    public boolean isDirectory(String path) throws IOException {
        return attributes(find(path)).isDirectory();
    }

    /** Returns the inode of what is at a path, without opening it. */
    public long inode(String path) throws IOException {
        Path name = find(path);
        return (Long) Files.getAttribute(here().resolve(name), "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    /** Enters the directory a path leads to; returns the name there, which is no link. */
    private Path find(String path) throws IOException {
        Deque<Path> ahead = new ArrayDeque<>();
        String[] parts = path.split("/", -1);
        for (int i = 0; i < Math.min(parts.length, MOST_STEPS + 1); i++) {
            ahead.addLast(named(parts[i]));
        }
        int links = 0;
        for (int steps = 0; steps < MOST_STEPS; steps++) {
            Path part = ahead.isEmpty() ? HERE : ahead.removeFirst();
            if (part.equals(UP)) {
                leave();
            } else if (!part.equals(HERE)) {
                PosixFileAttributes found = attributes(part);
                if (found.isSymbolicLink() && links++ < MOST_LINKS) {
                    follow(part, ahead);
                } else if (ahead.isEmpty()) {
                    return part;
                } else if (found.isDirectory() && isOpen(found, PosixFilePermission.OTHERS_EXECUTE)) {
                    enter(directories.getLast().newDirectoryStream(part, LinkOption.NOFOLLOW_LINKS));
                    names.addLast(part);
                } else {
                    throw new IOException(path + ": leads through a directory that its user may not enter");
                }
            } else if (ahead.isEmpty()) {
                return HERE;
            }
        }
        throw new IOException(path + ": leads nowhere");
    }

    /**
     * Returns a part of a path. The locale of this command may know fewer characters than that of the process, and then
     * {@link Path#of} refuses the others; from a URI it takes the bytes as they are.
     */
    private static Path named(String part) throws IOException {
        if (part.isEmpty()) {
            return HERE;
        }
        try {
            return Path.of(URI.create("file:///" + OCTETS.formatHex(part.getBytes(StandardCharsets.UTF_8))))
                    .getFileName();
        } catch (IllegalArgumentException e) { // it holds a NUL character
            throw new IOException(part + ": no name of a file", e);
        }
    }

    private void follow(Path link, Deque<Path> ahead) throws IOException {
        // Wherever this is read from: it only says where to go on, step by step.
        Path target = Files.readSymbolicLink(here().resolve(link));
        while (target.isAbsolute() && directories.size() > 1) {
            leave();
        }
        for (int i = Math.min(target.getNameCount(), MOST_STEPS) - 1; i >= 0; i--) {
            ahead.addFirst(target.getName(i));
        }
    }

    /** Returns the path of the directory that was entered last, where something else may be by now. */
    private Path here() {
        Path place = root;
        for (Path name : names) {
            place = place.resolve(name);
        }
        return place;
    }

    private PosixFileAttributes attributes(Path name) throws IOException {
        return directories
                .getLast()
                .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
    }

    private boolean isOpen(PosixFileAttributes found, PosixFilePermission toOthers) {
        return found.owner().equals(user) || found.permissions().contains(toOthers);
    }

    private void enter(DirectoryStream<Path> directory) throws IOException {
        if (!(directory instanceof SecureDirectoryStream<Path> secure)) {
            directory.close();
            throw new IOException(root + ": cannot be looked into safely");
        }
        directories.addLast(secure);
    }

    /** Goes to the parent directory; the root is its own parent. */
    private void leave() throws IOException {
        if (directories.size() > 1) {
            directories.removeLast().close();
            names.removeLast();
        }
    }

    @Override
    public void close() throws IOException {
        if (isStuck) {
            return; // a thread that waits there holds them, and is left behind
        }
        for (SecureDirectoryStream<Path> directory : directories) {
            directory.close();
        }
    }
}
