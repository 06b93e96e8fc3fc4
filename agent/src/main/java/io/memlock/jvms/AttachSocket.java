// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.os.OpenFiles;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Asks a JVM by HotSpot's attach protocol: one connection for each command, to a socket in the JVM's {@code /tmp}. The JVM
 * makes the socket when it is sent SIGQUIT and finds a file beside it. HotSpot: attachListener_posix.cpp, os.cpp
 * (signal_thread_entry); it answers root, and its own user with its own group.
 *
 * <p>The JVM's user may own that {@code /tmp}, and what is in it. So it is opened once, without following links out of the
 * JVM's root, and the socket is connected to as the file that was opened and found to be a socket of that user, at which this
 * JVM listens.
 */
final class AttachSocket implements AutoCloseable {

    /** Begins the name of HotSpot's thread for signals, "Signal Dispatcher", of which the kernel keeps 15 characters. */
    private static final String DISPATCHER = "Signal ";

    /** For a JVM to start its listener; it has to reach a safepoint poll or two. */
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long POLL_MILLIS = 20;

    /** For a JVM that is busy with another command to accept a connection. */
    private static final long ACCEPT_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** For the connection of another command, to another JVM, to go away. */
    private static final long ANOTHER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Each command has so many. */
    private static final int ARGUMENTS = 3;

    /** How long an argument may be, in bytes. HotSpot: AttachOperation::arg_length_max */
    static final int LONGEST_ARGUMENT = 1024;

    /** So much of an answer is read at most; the properties of a JVM are some ten kilobytes. */
    private static final int LONGEST_ANSWER = 1 << 20;

    /** The permission of the group and of others to write. */
    private static final int OTHERS_WRITE = 0022;

    private final LibC libc;
    private final ProcDirectory proc;
    private final Jvm jvm;
    private final int directory;
    private final Path tmp;
    private final long number;

    /** The socket; -1 before it is found. Whatever becomes of its name, it stays this JVM's. */
    private int socket = -1;

    private AttachSocket(LibC libc, ProcDirectory proc, Jvm jvm, int directory, long number) {
        this.libc = libc;
        this.proc = proc;
        this.jvm = jvm;
        this.directory = directory;
        this.tmp = descriptor(directory);
        this.number = number;
    }

    /**
     * Has a JVM listen, if it does not yet.
     *
     * @param jvm nothing keeps it from being attached to
     * @throws IOException if it does not, and nothing has changed in it
     */
    static AttachSocket open(LibC libc, ProcDirectory proc, Jvm jvm) throws IOException, InterruptedException {
        boolean isOurs = proc.sharesRoot(jvm.pid());
        int directory = open(
                libc, isOurs ? Path.of("/tmp") : proc.of(jvm.pid()).resolve("root/tmp"), isOurs ? 0 : Linux.noFollow());
        long number = proc.status(jvm.pid()).ownPid();
        AttachSocket socket = new AttachSocket(libc, proc, jvm, directory, number);
        try {
            socket.start();
            return socket;
        } catch (IOException | InterruptedException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Asks.
     *
     * @return what follows the line with the status, which tells no more: for people where that is not 0
     * @throws IOException if the JVM does not answer, or too much
     */
    String ask(String command, String... arguments) throws IOException {
        StringBuilder request = new StringBuilder("1\0").append(command).append('\0');
        for (int i = 0; i < ARGUMENTS; i++) {
            request.append(i < arguments.length ? arguments[i] : "").append('\0');
        }
        try (SocketChannel channel = connect(socket)) {
            ByteBuffer bytes = ByteBuffer.wrap(request.toString().getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return answer(Channels.newInputStream(channel).readNBytes(LONGEST_ANSWER + 1));
        }
    }

    private static String answer(byte[] bytes) throws IOException {
        String text = new String(bytes, ISO_8859_1);
        int end = text.indexOf('\n');
        if (bytes.length > LONGEST_ANSWER) {
            throw new IOException("its answer is longer than " + LONGEST_ANSWER + " bytes");
        }
        if (end < 0) {
            throw new IOException(
                    "it closed the connection without an answer: a JVM answers root, and its own user with"
                            + " its own group");
        }
        return text.substring(end + 1);
    }

    private void start() throws IOException, InterruptedException {
        if (isListening()) {
            socket = openSocket();
            return;
        }
        requireWritable();
        Path trigger = tmp.resolve(".attach_pid" + number);
        boolean isMade = make(trigger);
        try {
            signal();
            awaitSocket();
        } finally {
            if (isMade) {
                Files.deleteIfExists(trigger);
            }
        }
    }

    private boolean isListening() {
        return AttachListener.isThere(
                proc.files(),
                Long.toString(jvm.pid()),
                () -> Files.exists(tmp.resolve(socketName()), LinkOption.NOFOLLOW_LINKS));
    }

    private void requireWritable() throws IOException {
        Map<String, Object> found = Files.readAttributes(tmp, "unix:mode,uid");
        boolean isWritable =
                jvm.userId() == 0 || isOf(found, jvm.userId()) || ((Integer) found.get("mode") & OTHERS_WRITE) != 0;
        if (!isWritable) {
            throw new IOException("its user cannot write its /tmp, where a JVM makes the socket for attaching");
        }
    }

    /**
     * Makes the file that tells SIGQUIT apart from a request for a thread dump.
     *
     * @return false if it is there already and does as well
     */
    private boolean make(Path trigger) throws IOException {
        Path first = proc.of(jvm.pid()).resolve("cwd").resolve(trigger.getFileName()); // where the JVM looks first
        if (Files.exists(first, LinkOption.NOFOLLOW_LINKS)) {
            requireTrusted(first);
        }
        try {
            Files.createFile(
                    trigger, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return true;
        } catch (FileAlreadyExistsException e) {
            requireTrusted(trigger);
            return false;
        } catch (IOException e) {
            throw new IOException("cannot make " + trigger.getFileName() + " in its /tmp: " + reason(e), e);
        }
    }

    /** HotSpot: AttachListener::is_init_trigger. Of anybody else's file the JVM takes no notice, and dumps its threads. */
    private void requireTrusted(Path trigger) throws IOException {
        Map<String, Object> found = Files.readAttributes(trigger, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
        if (!isOf(found, 0) && !isOf(found, jvm.userId())) {
            throw new IOException("another user has put a file " + trigger.getFileName()
                    + " into its /tmp or its working directory; remove it");
        }
    }

    private void signal() throws IOException {
        requireAlive();
        if (!proc.status(jvm.pid()).catches(Linux.SIGQUIT)) {
            throw new IOException("it does not handle SIGQUIT any more");
        }
        if (!proc.hasThread(jvm.pid(), DISPATCHER)) {
            throw new IOException("HotSpot's thread for signals does not run in it, so SIGQUIT could end it; has it not"
                    + " started its JVM yet?");
        }
        if (libc.kill((int) jvm.pid(), Linux.SIGQUIT) != 0) {
            throw new IOException("kill(2) failed with errno " + libc.errno());
        }
    }

    private void awaitSocket() throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (true) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            requireAlive();
            try {
                if (isListening()) {
                    socket = openSocket();
                    return;
                }
            } catch (IOException e) {
                // A socket that was left behind, until the JVM has put its own in its place.
            }
            if (System.nanoTime() - start > START_NANOS) {
                throw new IOException("it did not begin to listen within " + TimeUnit.NANOSECONDS.toSeconds(START_NANOS)
                        + " s; is it stopped, or busy?");
            }
        }
    }

    private void requireAlive() throws IOException {
        if (!jvm.isStill(proc.stat(jvm.pid()))) {
            throw new IOException("it ended just now");
        }
    }

    private int openSocket() throws IOException, InterruptedException {
        int file = open(libc, tmp.resolve(socketName()), Linux.noFollow());
        boolean isIts = false;
        try {
            Map<String, Object> found = Files.readAttributes(descriptor(file), "unix:mode,uid");
            if (((Integer) found.get("mode") & Linux.S_IFMT) != Linux.S_IFSOCK || !isOf(found, jvm.userId())) {
                throw new IOException(socketName() + " in its /tmp is not a socket of its user");
            }
            requireAcceptance(file);
            isIts = true;
            return file;
        } finally {
            if (!isIts) {
                libc.close(file);
            }
        }
    }

    /** Connects once, and sends nothing, to see who accepts. */
    private void requireAcceptance(int file) throws IOException, InterruptedException {
        AcceptedConnections connections = new AcceptedConnections(proc, socketName());
        SocketChannel channel = connect(file);
        try {
            awaitAcceptance(connections);
        } finally {
            channel.close();
        }
    }

    private void awaitAcceptance(AcceptedConnections connections) throws IOException, InterruptedException {
        long start = System.nanoTime();
        long lastNobody = start;
        while (true) {
            AcceptedConnections.By by = connections.since(jvm.pid());
            if (by == AcceptedConnections.By.IT) {
                return;
            }
            long now = System.nanoTime();
            if (by == AcceptedConnections.By.NOBODY) {
                lastNobody = now;
            }
            if (now - lastNobody > ANOTHER_NANOS) {
                throw new IOException("another process listens at " + socketName()
                        + " in its /tmp, as a JVM of the same number in another container does that shares the"
                        + " directory. Remove that file, and try again: then this JVM makes its own");
            }
            if (now - start > ACCEPT_NANOS) {
                throw new IOException("it does not accept a connection; is it busy with another command?");
            }
            requireAlive();
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private static SocketChannel connect(int file) throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(descriptor(file)));
    }

    private String socketName() {
        return AttachListener.socketName(number);
    }

    private static boolean isOf(Map<String, Object> attributes, long uid) {
        return Integer.toUnsignedLong((Integer) attributes.get("uid")) == uid;
    }

    /** Opens a file to find it again, not to read it. */
    private static int open(LibC libc, Path path, int flags) throws IOException {
        int file = libc.open((path + "\0").getBytes(UTF_8), Linux.O_PATH | Linux.O_CLOEXEC | flags);
        if (file < 0) {
            throw new IOException("cannot open " + path + " (errno " + libc.errno() + ")");
        }
        return file;
    }

    private static Path descriptor(int file) {
        return Path.of(OpenFiles.DIRECTORY, Integer.toString(file));
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.FileSystemException failed && failed.getReason() != null
                ? failed.getReason()
                : e.toString();
    }

    @Override
    public void close() {
        libc.close(directory);
        if (socket >= 0) {
            libc.close(socket);
        }
    }
}
