// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.os.NativeAccess;

/**
 * Makes single calls into the C library through the agent's own classes. {@code map BYTES} and the calls of {@link
 * LibC}, with hexadecimal addresses and decimal numbers; {@code touch ADDRESS BYTES}; {@code errno}. Answers with the
 * return code and, if that is -1, errno.
 */
public final class LibCApp {

    private static final int MAP_FIXED = 0x10;

    private final LibC c;
    private final long pageSize;

    private LibCApp(LibC c) {
        this.c = c;
        this.pageSize = c.sysconf(Linux.SC_PAGESIZE);
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        LibCApp app = new LibCApp(NativeAccess.open(null));
        CommandLoop.run(app::handle);
    }

    private String handle(String command, String[] arguments) throws Exception {
        return switch (command) {
            case "map" -> Long.toHexString(mapApart(Long.parseLong(arguments[0])));
            case "touch" -> result(c.madvise(address(arguments), length(arguments), Linux.MADV_POPULATE_WRITE));
            case "mlock" -> result(c.mlock(address(arguments), length(arguments)));
            case "mlock2" -> result(c.mlock2(address(arguments), length(arguments), Integer.parseInt(arguments[2])));
            case "munlock" -> result(c.munlock(address(arguments), length(arguments)));
            case "mlockall" -> result(c.mlockall(Integer.parseInt(arguments[0])));
            case "munlockall" -> result(c.munlockall());
            case "munmap" -> result(c.munmap(address(arguments), length(arguments)));
            case "errno" -> Integer.toString(c.errno());
            case "pagesize" -> Long.toString(pageSize);
            default -> throw CommandLoop.unknown(command);
        };
    }

    private String result(int returned) {
        return returned == -1 ? "-1 " + c.errno() : Integer.toString(returned);
    }

    private static long address(String[] arguments) {
        return Long.parseUnsignedLong(arguments[0], 16);
    }

    private static long length(String[] arguments) {
        return Long.parseLong(arguments[1]);
    }

    /** A fresh mapping with an inaccessible page on either side, so that the kernel cannot join it with another. */
    private long mapApart(long bytes) {
        int anonymous = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS;
        long reserved = c.mmap(0, bytes + 2 * pageSize, Linux.PROT_NONE, anonymous | Linux.MAP_NORESERVE, -1, 0);
        int readWrite = Linux.PROT_READ | Linux.PROT_WRITE;
        return c.mmap(reserved + pageSize, bytes, readWrite, anonymous | MAP_FIXED, -1, 0);
    }
}
