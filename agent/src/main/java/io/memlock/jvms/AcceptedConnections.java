// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Tells who accepts a connection to a socket. Two JVMs that have the same number in their containers use the same name for
 * it, also in a {@code /tmp} that they share.
 *
 * <p>The kernel lists an accepted socket by the name at which its listener was bound, in the network namespace of who has
 * connected, with an inode from the moment it is accepted. net/unix/af_unix.c: unix_stream_connect, unix_accept, unix_seq_show
 */
final class AcceptedConnections {

    /** In a line: address, references, protocol, flags, type, state, inode, path. */
    private static final int INODE = 6;

    private static final int PATH = 7;

    private static final String NOT_ACCEPTED = "0";

    private final ProcDirectory proc;
    private final String name;
    private final Set<String> before;

    /**
     * Looks at the connections there are.
     *
     * @param name of the socket, in any directory; HotSpot binds it with an ending, and renames it then
     */
    AcceptedConnections(ProcDirectory proc, String name) throws IOException {
        this.proc = proc;
        this.name = "/" + name;
        this.before = accepted();
    }

    /** The process that has accepted. */
    enum By {
        NOBODY,
        IT,
        ANOTHER
    }

    /** Looks whether a process has accepted a connection since the first look. */
    By since(long pid) throws IOException {
        Set<String> since = accepted();
        since.removeAll(before);
        if (since.isEmpty()) {
            return By.NOBODY;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(proc.of(pid).resolve("fd"))) {
            for (Path file : files) {
                if (since.contains(target(file))) {
                    return By.IT;
                }
            }
        }
        return By.ANOTHER;
    }

    private static String target(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException closed) {
            return "";
        }
    }

    /** Returns the accepted sockets, as they are called where a process has them open. */
    private Set<String> accepted() throws IOException {
        Set<String> sockets = new HashSet<>();
        for (String line : proc.files().text("self", "net/unix").split("\n", -1)) {
            String[] words = line.trim().split(" +", PATH + 1);
            if (words.length > PATH && words[PATH].contains(name) && !words[INODE].equals(NOT_ACCEPTED)) {
                sockets.add("socket:[" + words[INODE] + "]");
            }
        }
        return sockets;
    }
}
