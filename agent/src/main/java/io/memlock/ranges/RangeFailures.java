// SPDX-License-Identifier: Apache-2.0
package io.memlock.ranges;

import io.memlock.advice.Advice;
import io.memlock.advice.Remedy;
import io.memlock.calls.HeldPages.Manner;
import io.memlock.calls.HeldPages.Range;
import io.memlock.calls.LimitProbe;
import io.memlock.calls.LockLimit;
import io.memlock.lock.OwnProcess;
import io.memlock.lock.Refusal;
import io.memlock.memory.Bytes;
import io.memlock.os.Errno;
import io.memlock.reconcile.MappingBudget;
import io.memlock.state.LockFailure;
import java.util.HexFormat;

/** Builds the messages that say why a range that the application asked for is not locked. */
final class RangeFailures {

    private static final String NOTHING_DONE =
            "nothing of the range is locked by this call, and nothing else has changed";

    private final OwnProcess process;
    private final LimitProbe limits;
    private final Range pages;
    private final Manner manner;

    RangeFailures(OwnProcess process, LimitProbe limits, Range pages, Manner manner) {
        this.process = process;
        this.limits = limits;
        this.pages = pages;
        this.manner = manner;
    }

    /**
     * Tells that a part of the range is not mapped.
     *
     * @param address of the first page that is not
     */
    LockFailure hole(long address) {
        return failure(
                Errno.describe(Errno.ENOMEM) + ": nothing is mapped at " + hex(address),
                "not all of the range is memory of this process: the address or length is wrong, or memory was freed",
                Advice.lasting(
                        "# lock the memory only while it is allocated, and close the handle before you free it"));
    }

    /** Tells that locking the range would split a mapping, and that there are too many already. */
    LockFailure tooManyMappings(int mappings) {
        return failure(
                "not asked: the process has " + mappings + " mappings, and the agent splits mappings only up to "
                        + MappingBudget.SHARE_IN_WORDS + " of vm.max_map_count",
                MappingBudget.MEANING,
                new Remedy(process.deployment()).raiseMappings(mappings));
    }

    /** Tells that the range could not be left out of core dumps, so that it was unlocked again. */
    LockFailure notHidden(int errno) {
        return new LockFailure(
                "madvise(MADV_DONTDUMP) on " + range(),
                Errno.describe(errno),
                "this memory cannot be left out of core dumps",
                NOTHING_DONE,
                Advice.lasting("# lock it without leaving it out of core dumps"));
    }

    /**
     * Tells that the kernel refused.
     *
     * @param lockedBytes how much of the range is locked otherwise, which is charged already and not once more
     */
    LockFailure callFailed(int errno, long lockedBytes) {
        LockLimit limit = limits.look();
        long needed = process.chargedBytes() + pages.length() - lockedBytes;
        if (errno == Errno.ENOMEM && !limit.isExceededBy(needed)) {
            return notPopulated(limit);
        }
        if (errno == Errno.EAGAIN) {
            return noRoom();
        }
        if (errno == Errno.NOT_DONE) {
            return neverLocked();
        }
        Refusal refusal = new Refusal(process.deployment(), limit, errno);
        return failure(
                Errno.describe(errno) + "; " + limit.describe() + "; asked for: " + Bytes.text(pages.length())
                        + "; charged already to this process: " + Bytes.text(process.chargedBytes()),
                refusal.meaning(),
                refusal.advice(0));
    }

    private LockFailure notPopulated(LockLimit limit) {
        return failure(
                Errno.describe(Errno.ENOMEM) + "; " + limit.describe() + ", which is not reached",
                "a page of the range cannot be accessed (PROT_NONE, or behind the end of a file), or the process has as"
                        + " many mappings as vm.max_map_count allows",
                Advice.lasting("# lock only memory that can be read or written. How many mappings there are:\nwc -l "
                        + process.deployment().procDirectory() + "/maps; sysctl vm.max_map_count"));
    }

    private LockFailure noRoom() {
        return failure(
                Errno.describe(Errno.EAGAIN),
                "the kernel could not bring all of the range into RAM: the memory cgroup or the host has too little"
                        + " memory left",
                Advice.lasting("# give it more memory, or lock less"));
    }

    private LockFailure neverLocked() {
        return failure(
                Errno.describe(Errno.NOT_DONE),
                "the kernel locks no memory of this kind (a device's, or huge pages of hugetlbfs, which are never swapped),"
                        + " or something other than the kernel answers, such as a seccomp filter or an emulator",
                Advice.lasting("# nothing to do if this memory is never swapped"));
    }

    private LockFailure failure(String answer, String cause, Advice advice) {
        String call = manner.isPopulated() ? "mlock" : "mlock2(MLOCK_ONFAULT)";
        return new LockFailure(call + " on " + range(), answer, cause, NOTHING_DONE, advice);
    }

    private String range() {
        return Bytes.text(pages.length()) + " at " + hex(pages.start());
    }

    private static String hex(long address) {
        return HexFormat.of().toHexDigits(address);
    }
}
