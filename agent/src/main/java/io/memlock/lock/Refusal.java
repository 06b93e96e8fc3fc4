// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.advice.Advice;
import io.memlock.advice.Deployment;
import io.memlock.advice.Remedy;
import io.memlock.calls.LockLimit;
import io.memlock.os.Errno;

/**
 * Explains a call that was refused, by the kernel or by something in its place.
 *
 * @param deployment where this JVM runs
 * @param limit how much may be locked
 * @param errno the answer
 */
public record Refusal(Deployment deployment, LockLimit limit, int errno) {

    /** Returns what the answer means; "" if it speaks for itself. */
    public String meaning() {
        return switch (errno) {
            case Errno.EPERM ->
                isFilters() ? byFilter(errno) : "locking is forbidden to this process: " + limit.ofZero();
            case Errno.ENOMEM -> "the limit on locked memory is used up; there may be enough memory";
            case Errno.EAGAIN -> "the kernel could not lock some of the pages just now; the next pass tries again";
            case Errno.NOT_DONE -> byFilter(errno);
            case Errno.ENOSYS, Errno.EINVAL ->
                isHidden(deployment, errno)
                        ? byFilter(errno)
                        : "this kernel does not know the call: Linux 4.4 is needed, or an emulator lacks the call";
            default -> "";
        };
    }

    /** Returns what an answer means that is a filter's. */
    static String byFilter(int errno) {
        return switch (errno) {
            case Errno.EPERM -> "the seccomp filter refuses the call, whatever the limit is";
            case Errno.NOT_DONE -> "something other than the kernel answers, such as a seccomp filter or an emulator";
            default -> "the seccomp filter hides the call, as if the kernel had none";
        };
    }

    /**
     * Returns what to type.
     *
     * @param enoughBytes a limit that holds all that is to be locked, 0 if no number is known to
     */
    public Advice advice(long enoughBytes) {
        if (isFilters() && limit.softBytes() != 0) {
            return new Remedy(deployment).allowCalls();
        }
        return switch (errno) {
            case Errno.NOT_DONE -> new Remedy(deployment).allowCalls();
            case Errno.ENOSYS, Errno.EINVAL ->
                Advice.lasting("# use Linux 4.4 or newer, without an emulator; check with: uname -r");
            case Errno.EAGAIN -> triedAgain();
            default -> limit.isUnlimited() ? triedAgain() : new Remedy(deployment).raiseLimit(enoughBytes);
        };
    }

    /** Says that nothing needs to be typed. */
    static Advice triedAgain() {
        return Advice.lasting("# nothing to do yet: the agent tries again once an interval");
    }

    /**
     * Returns whether a filter refused: the kernel itself answers EPERM only where the limit is 0 (can_do_mlock in
     * mm/mlock.c).
     */
    private boolean isFilters() {
        return errno == Errno.EPERM ? deployment.isFiltered() || !limit.mayBeZero() : isHidden(deployment, errno);
    }

    /** Returns whether a filter hides a call that every kernel Java 17 meets has. */
    static boolean isHidden(Deployment deployment, int errno) {
        boolean isMissing = errno == Errno.ENOSYS || errno == Errno.EINVAL || errno == Errno.NOT_DONE;
        return isMissing && deployment.isFiltered();
    }
}
