// SPDX-License-Identifier: Apache-2.0
package io.memlock.calls;

import io.memlock.os.Errno;
import io.memlock.os.LibC;
import io.memlock.os.Linux;
import io.memlock.os.OwnPagemap;
import java.util.function.LongSupplier;

/**
 * Tries whether new mappings are born locked, by the agent's {@code MCL_FUTURE} or another: maps a page, probes it,
 * unmaps it.
 */
public final class FutureProbe {

    /** The answer where a page could not be mapped, or no call tells whether it is locked. */
    public static final int NOT_TOLD = -1;

    private final LibC libc;
    private final LockProbe probe;
    private final long pageBytes;
    private int probeErrno;

    public FutureProbe(LibC libc, LockProbe probe, long pageBytes) {
        this.libc = libc;
        this.probe = probe;
        this.pageBytes = pageBytes;
    }

    /**
     * Returns whether {@code MCL_FUTURE} is known to be in force.
     *
     * @return true also when the page could not be mapped because the limit is used up, which only happens under it
     */
    public boolean isBornLocked() {
        return ask(false) == LockProbe.Answer.LOCKED;
    }

    /**
     * Tells with which flags new mappings are born locked: what is populated at once is not locked on-fault. Where it cannot
     * be told whether it is, the answer is on-fault, as ours.
     *
     * @return {@code MCL_FUTURE}, alone or with {@code MCL_ONFAULT}; 0 if it is not in force; {@link #NOT_TOLD}
     */
    public int flagsInForce() {
        int access = Linux.PROT_READ | Linux.PROT_WRITE; // what is not accessible is never populated
        long page = libc.mmap(0, pageBytes, access, Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS, -1, 0);
        if (page == LibC.MAP_FAILED) {
            return NOT_TOLD;
        }
        LockProbe.Answer answer = probe.ask(page);
        boolean isPopulated = new OwnPagemap(libc, pageBytes).presence(page) > 0;
        libc.munmap(page, pageBytes);
        if (answer == LockProbe.Answer.LOCKED) {
            return isPopulated ? Linux.MCL_FUTURE : Linux.MCL_FUTURE | Linux.MCL_ONFAULT;
        }
        return answer == LockProbe.Answer.UNLOCKED ? 0 : NOT_TOLD;
    }

    /**
     * Asks after a call that should have set {@code MCL_FUTURE}, so that another answer is not believed at once.
     *
     * @return what a new mapping is
     */
    public LockProbe.Answer askAfterSetting() {
        return ask(true);
    }

    /** Returns the errno for which the last question was not answered. */
    public int probeErrno() {
        return probeErrno;
    }

    /**
     * Returns whether a new mapping is charged, which is how it shows where no call tells what is locked.
     *
     * @param chargedBytes VmLck now
     */
    public boolean isCharged(LongSupplier chargedBytes) {
        long before = chargedBytes.getAsLong();
        long page = probe.mapPage();
        if (page == LibC.MAP_FAILED) {
            return false;
        }
        boolean isMore = chargedBytes.getAsLong() > before;
        libc.munmap(page, pageBytes);
        return isMore;
    }

    private LockProbe.Answer ask(boolean isExpected) {
        long page = probe.mapPage();
        if (page == LibC.MAP_FAILED) {
            return libc.errno() == Errno.EAGAIN ? LockProbe.Answer.LOCKED : LockProbe.Answer.UNKNOWN;
        }
        LockProbe.Answer answer = isExpected ? probe.askTwice(page) : probe.ask(page);
        int errno = libc.errno();
        libc.munmap(page, pageBytes);
        probeErrno = errno;
        return answer;
    }
}
