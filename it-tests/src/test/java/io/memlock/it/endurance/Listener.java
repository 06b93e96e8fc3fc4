// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.endurance;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import io.memlock.it.faults.FilterLibC;
import io.memlock.it.faults.SystemCall;
import io.memlock.it.harness.ForkedJvm;

/**
 * The end of a seccomp filter at which somebody else's system calls arrive and are answered. When it is closed, or this
 * process ends, the kernel answers all of them with ENOSYS: nobody waits for ever. seccomp_unotify(2), Linux
 * include/uapi/linux/seccomp.h; pidfd_getfd(2), Linux 5.6
 */
final class Listener implements AutoCloseable {

    private static final long NOTIF_RECV = 0xc0502100L;
    private static final long NOTIF_SEND = 0xc0182101L;
    private static final int USER_NOTIF_FLAG_CONTINUE = 1;
    private static final short POLLIN = 1;

    private final FilterLibC c;
    private final int file;
    private final Memory poll = new Memory(8);
    private final Memory request = new Memory(80); // struct seccomp_notif
    private final Memory response = new Memory(24); // struct seccomp_notif_resp

    private Listener(FilterLibC c, int file) {
        this.c = c;
        this.file = file;
        poll.setInt(0, file);
        poll.setShort(4, POLLIN);
    }

    /** Takes the listener of a JVM that {@link ListenerLauncher} is about to start, which then goes on. */
    static Listener takeFrom(ForkedJvm jvm) {
        int theirs = Integer.parseInt(jvm.awaitLine("listener ").split(" ", -1)[1]);
        FilterLibC c = Native.load("c", FilterLibC.class);
        int process = (int) c.syscall(SystemCall.PIDFD_OPEN.number(), jvm.pid(), 0, 0);
        int file;
        try {
            file = (int) c.syscall(SystemCall.PIDFD_GETFD.number(), process, theirs, 0);
        } finally {
            c.close(process);
        }
        jvm.send("taken");
        return new Listener(c, file);
    }

    /**
     * Waits for a call.
     *
     * @return whether one came, which {@link #thread} then tells of
     */
    boolean await(int timeoutMillis) {
        try {
            poll.setShort(6, (short) 0);
            if (c.poll(poll, 1, timeoutMillis) != 1 || (poll.getShort(6) & POLLIN) == 0) {
                return false;
            }
            request.clear();
            c.ioctl(file, NOTIF_RECV, request);
            return true;
        } catch (LastErrorException endedMeanwhile) {
            return false;
        }
    }

    /** The id of the thread that calls. */
    int thread() {
        return request.getInt(8);
    }

    /** Has the kernel carry out the call. */
    void carryOut() {
        answer(0, USER_NOTIF_FLAG_CONTINUE);
    }

    /**
     * Answers the call, which is not carried out.
     *
     * @param errno 0 to say that it was
     */
    void answer(int errno) {
        answer(errno, 0);
    }

    private void answer(int errno, int flags) {
        response.clear();
        response.setLong(0, request.getLong(0));
        response.setInt(16, -errno);
        response.setInt(20, flags);
        try {
            c.ioctl(file, NOTIF_SEND, response);
        } catch (LastErrorException endedMeanwhile) {
            // Nobody waits for the answer.
        }
    }

    @Override
    public void close() {
        c.close(file);
    }
}
