// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.advice.Advice;
import io.memlock.advice.Deployment;
import io.memlock.advice.Remedy;
import io.memlock.calls.LockLimit;
import io.memlock.calls.LockProbe;
import io.memlock.cgroup.OomWatch;
import io.memlock.cgroup.RoomSource;
import io.memlock.cgroup.RoomWatch;
import io.memlock.hotspot.JvmFlags;
import io.memlock.hotspot.RegionBounds;
import io.memlock.memory.Bytes;
import io.memlock.memory.Segment;
import io.memlock.memory.Selection;
import io.memlock.os.Errno;
import io.memlock.os.ErrnoException;
import io.memlock.reconcile.MappingBudget;
import io.memlock.reconcile.PassResult;
import io.memlock.reconcile.Reconciler;
import io.memlock.state.LockFailure;
import java.io.File;
import java.io.IOException;
import java.util.List;

/** Builds the messages that say why memory is not locked. */
final class Failures {

    private static final String MLOCKALL = "mlockall(MCL_CURRENT|MCL_FUTURE|MCL_ONFAULT)";

    private static final String BORN_UNLOCKED =
            "new memory is unlocked, and can be swapped out, until the keeper finds and locks it";

    private static final String UNLOCKED_JVM =
            "this JVM runs unlocked: under memory pressure its pages can be swapped out, and reading one back takes"
                    + " milliseconds";

    /** Tells that there is room for what had been unlocked. */
    static final String ROOM_AGAIN = "there is room again for all that is selected: it is locked again";

    /** Tells that no limit applies any more. */
    static final String LIFTED =
            "the limit on locked memory was lifted: new mappings are born locked from now on (strategy future)";

    /** Tells that the limit came down; what that means follows. */
    static final String LOWERED = "the limit on locked memory was lowered";

    /** Tells that the privilege went, so that the limit applies; what that means follows. */
    static final String LIMITED_WITHOUT_CAPABILITY = "CAP_IPC_LOCK was dropped: a limit applies";

    /** Tells that the privilege went where the limit is infinite. */
    static final String UNLIMITED_WITHOUT_CAPABILITY =
            "CAP_IPC_LOCK was dropped: the keeper finds and locks new mappings from now on (strategy rescan),"
                    + " because the limit is infinite now, but another process can lower it";

    /** Tells that the privilege went from a thread alone. */
    static final String CAPABILITY_DROPPED_BY_A_THREAD =
            "a thread has dropped CAP_IPC_LOCK: with MCL_FUTURE on, its next memory commit could have ended"
                    + " this JVM. MCL_FUTURE is off now, and the keeper finds and locks new mappings (strategy"
                    + " rescan)";

    /** Tells that new mappings cannot be born locked; why follows. */
    static final String PIECE_BY_PIECE = "mlockall was refused: locking mapping by mapping instead (strategy rescan)";

    private static final String PARTLY_LOCKED = "part of this JVM can be swapped out under memory pressure";

    private final Deployment deployment;
    private final Reconciler reconciler;
    private final long chargedBytes;
    private final Selection selection;
    private final LockLimit limit;

    /**
     * Puts the failures of one moment into words.
     *
     * @param deployment where the process runs
     * @param reconciler knows the mappings
     * @param chargedBytes VmLck now
     * @param selection what is to be locked
     * @param limit how much may be
     */
    Failures(Deployment deployment, Reconciler reconciler, long chargedBytes, Selection selection, LockLimit limit) {
        this.deployment = deployment;
        this.reconciler = reconciler;
        this.chargedBytes = chargedBytes;
        this.selection = selection;
        this.limit = limit;
    }

    /**
     * Tells that {@code strategy=future} was asked for where a limit applies.
     *
     * @param isHeld whether a lock is in force, and stays so
     */
    LockFailure futureUnderLimit(boolean isHeld) {
        String done = isHeld ? "not done; what was asked for before goes on" : "not done; nothing is locked";
        String effect = isHeld ? "" : UNLOCKED_JVM;
        if (limit.isUnlimited()) {
            return new LockFailure(
                    "strategy=future: " + MLOCKALL,
                    limit.describe() + ", CAP_IPC_LOCK not effective" + filter(),
                    done
                            + ": the largest heap is so large that the kernel may miscount the pages of its reservation, and"
                            + " without CAP_IPC_LOCK the JVM would end when it next commits memory",
                    effect,
                    Advice.lasting("# strategy=auto does it: the keeper finds and locks new mappings"));
        }
        return new LockFailure(
                "strategy=future: " + MLOCKALL,
                limitAnswer(0),
                done + ": once the limit is reached, the JVM would end when it next commits memory",
                effect,
                new Remedy(deployment).raiseLimit(enoughBytes()).orAuto(selection.isIndivisible()));
    }

    /** Tells that {@code mlockall} failed although locking is unlimited, or did not do what it said. */
    LockFailure mlockall(FutureLock.Attempt attempt) {
        return mlockall(attempt, UNLOCKED_JVM);
    }

    /**
     * Tells that {@code mlockall} failed, where the mappings there are get locked one by one and only new ones stay unlocked.
     */
    LockFailure newMemory(FutureLock.Attempt attempt) {
        return mlockall(attempt, BORN_UNLOCKED);
    }

    private LockFailure mlockall(FutureLock.Attempt attempt, String effect) {
        if (attempt.errno() != 0) {
            return new LockFailure(
                    MLOCKALL,
                    Errno.describe(attempt.errno()) + "; " + limit.describe() + filter(),
                    refusal(attempt.errno()).meaning(),
                    effect,
                    refusal(attempt.errno()).advice(0)); // there is no limit to raise
        }
        if (attempt.born() == LockProbe.Answer.UNKNOWN) {
            return new LockFailure(
                    MLOCKALL,
                    "0, but the agent cannot read back whether a new mapping is locked: "
                            + Errno.describe(attempt.probeErrno()) + " from msync and madvise" + filter(),
                    "",
                    "the kernel says that this JVM is locked, and nothing can verify it",
                    new Remedy(deployment).allowCalls());
        }
        return new LockFailure(
                MLOCKALL,
                "0, but a new mapping is not locked: something other than the kernel answers" + filter(),
                "",
                effect,
                new Remedy(deployment).allowCalls());
    }

    /** Tells that the selection does not fit under the limit, or not all of it. */
    LockFailure doesNotFit(PassResult pass) {
        long needed = chargedBytes + pass.totalMissingBytes();
        return new LockFailure(
                "to lock " + Bytes.text(pass.wantedBytes()) + "; not locked: " + Bytes.text(pass.missingBytes()),
                limitAnswer(needed),
                refusal(limit.probeErrno()).meaning(),
                effect(pass),
                advice(limit.probeErrno()).and(lessToLock()));
    }

    /** Returns what could be left out, for those who have not left it out yet. */
    private String lessToLock() {
        if (selection.isIndivisible()) {
            return "# or name the regions that matter most, as in mode=heap+code: each is locked if it fits";
        }
        return selection.regions().size() > 1
                ? "# or name fewer regions, the most important first: each is locked if it fits"
                : "";
    }

    /** Tells that a call failed, as far as could be foreseen for another reason than the limit. */
    LockFailure callFailed(PassResult pass) {
        long needed = chargedBytes + pass.totalMissingBytes();
        boolean overLimit = limit.isExceededBy(needed);
        if (pass.errno() == Errno.ENOMEM && !overLimit && pass.mappings() >= reconciler.maxMappings()) {
            return tooManyMappings(pass);
        }
        String cause = pass.errno() == Errno.ENOMEM && !overLimit
                ? "a mapping changed while it was being locked (a hole, or PROT_NONE); the limit is not reached. The"
                        + " next pass tries again"
                : refusal(pass.errno()).meaning();
        return new LockFailure(
                "mlock2(MLOCK_ONFAULT); not locked: " + Bytes.text(pass.missingBytes()),
                Errno.describe(pass.errno()) + "; " + limit.describe() + "; needed now: " + Bytes.text(needed)
                        + filter(),
                cause,
                effect(pass),
                advice(pass.errno()));
    }

    /** Tells that memory stays locked that is not selected. */
    LockFailure unlock(int errno) {
        return notUnlocked(
                "munlock on memory that is locked and not selected",
                errno,
                "more is locked than was asked for: " + Bytes.text(chargedBytes)
                        + " are charged in all, and cannot be swapped out or reclaimed");
    }

    /** Tells that some is still locked though all was to be unlocked. */
    LockFailure giveBack(int errno) {
        return notUnlocked(
                "munlock on all that is locked",
                errno,
                Bytes.text(chargedBytes) + " are still charged, and cannot be swapped out or reclaimed");
    }

    /** Tells that new mappings were to be born unlocked, and are not. */
    LockFailure endFuture(int errno) {
        return notUnlocked(
                "to end MCL_FUTURE by mlockall(MCL_CURRENT|MCL_ONFAULT) and munlockall",
                errno,
                "new memory is still born locked; " + Bytes.text(chargedBytes) + " are charged");
    }

    private LockFailure notUnlocked(String tried, int errno, String effect) {
        boolean isFiltered = (errno == Errno.EPERM && deployment.isFiltered()) || Refusal.isHidden(deployment, errno);
        return new LockFailure(
                tried,
                errno == 0
                        ? "the mappings changed each time the agent looked at them"
                        : Errno.describe(errno) + filter(),
                isFiltered ? Refusal.byFilter(errno) : "",
                effect,
                isFiltered ? new Remedy(deployment).allowCalls() : Refusal.triedAgain());
    }

    LockFailure tooManyMappings(PassResult pass) {
        return new LockFailure(
                "to lock parts of mappings: " + Bytes.text(pass.missingBytes()),
                "not asked: the answer would be ENOMEM (Cannot allocate memory): the process has "
                        + pass.mappings() + " mappings, and the agent splits mappings only up to "
                        + reconciler.maxMappings()
                        + " (" + MappingBudget.SHARE_IN_WORDS + " of vm.max_map_count)",
                MappingBudget.MEANING,
                PARTLY_LOCKED,
                new Remedy(deployment).raiseMappings(pass.mappings()));
    }

    /** Tells that ZGC maps its heap anew all the time, and that only MCL_FUTURE locks what it maps. */
    LockFailure zgcUnderRescan() {
        Advice advice = limit.isUnlimited()
                ? Advice.lasting("# strategy=future instead: new mappings are born locked")
                : advice(limit.probeErrno()).and("# or another collector: -XX:+UseG1GC with -Xms equal to -Xmx");
        return new LockFailure(
                "to keep ZGC's heap locked with strategy=rescan",
                (limit.isUnlimited()
                        ? "not asked: locking is not limited, but strategy=rescan does not use MCL_FUTURE"
                        : limitAnswer(chargedBytes)),
                "ZGC maps its heap again and again while it runs, even with -Xms equal to -Xmx. Each time the lock"
                        + " is gone until the keeper locks the heap again",
                "parts of the heap can be swapped out at any moment",
                advice);
    }

    /** Tells that the limit came down, or the privilege went, while new mappings were being born locked. */
    LockFailure limitShrank() {
        return new LockFailure(
                "to go on with MCL_FUTURE",
                limitAnswer(0),
                "the limit was lowered or the privilege was taken away while the JVM runs. With MCL_FUTURE on, the"
                        + " next memory commit would have failed with EAGAIN and ended the JVM. MCL_FUTURE is off"
                        + " now, and what fits is locked (strategy rescan)",
                "",
                advice(limit.probeErrno()));
    }

    /**
     * Tells why new mappings are not born locked though they could be.
     *
     * @param leftBytes what is left for files, {@link RoomSource#UNKNOWN} if a limit cannot be read
     */
    static String scarceRoom(long leftBytes) {
        boolean isKnown = leftBytes != RoomSource.UNKNOWN;
        return "strategy rescan, not future: "
                + (isKnown
                        ? "only " + Bytes.text(leftBytes) + " of memory will be left for files once the heap has grown"
                        : "the limit of this JVM's memory cgroup cannot be read, so how much memory is left for files is"
                                + " not known")
                + ". With future, a mapped file could fill that memory with locked pages before the agent unlocks it,"
                + " and the OOM killer would end this JVM. With rescan, new memory is locked up to an interval later. To"
                + " get future, "
                + (isKnown
                        ? "leave " + Bytes.text(RoomWatch.AMPLE_BYTES) + " (lower -Xmx, raise the memory limit)"
                        : "mount the cgroup file system where this JVM runs (/sys/fs/cgroup)")
                + ", or set strategy=future";
    }

    /**
     * Tells that what is locked was not all brought back into RAM.
     *
     * @param refusal why not
     */
    static String notReadBack(String refusal) {
        return "locked, but not read back from swap: " + refusal;
    }

    static String ampleRoom() {
        return "enough memory is left for mapped files again: new mappings are born locked from now on (strategy"
                + " future)";
    }

    /**
     * Tells that nothing is locked because the OOM killer would end the JVM, and swap saves it.
     *
     * @param isLocked whether something was locked until now
     */
    LockFailure outgrown(OomWatch watch, boolean isLocked) {
        return new LockFailure(
                isLocked ? "to keep what is selected locked" : "to lock what is selected",
                "not asked: " + (isLocked ? watch.tightest().describe() : watch.whyNoRoom()),
                (isLocked ? "all is unlocked now" : "nothing is locked")
                        + ", so that the kernel can swap out what does not fit; with the lock, the OOM killer would"
                        + " have ended this JVM. Once everything fits, the agent locks it again",
                UNLOCKED_JVM,
                Advice.lasting("# lower -Xmx, or "
                        + (deployment.isContainer() ? "raise the container's memory limit" : "give it more memory")
                        + ": all memory that the JVM has in RAM and in swap must fit"));
    }

    /** Tells that nothing is to be locked because nobody would see the OOM killer come, from which swap saves the JVM. */
    LockFailure unwatched(IOException cause) {
        return new LockFailure(
                "to watch how much memory is left",
                cause.getMessage(),
                "the agent has unlocked what it could: if this JVM outgrew its memory unseen, the OOM killer would end it"
                        + " instead of having it swapped out. Once the agent can read this again and everything fits, it"
                        + " locks again",
                UNLOCKED_JVM,
                Advice.lasting(toRead(ErrnoException.errnoOf(cause))));
    }

    /** Tells that {@code /proc/self} cannot be read, so that nothing is known of the mappings. */
    LockFailure unreadable(IOException cause) {
        return new LockFailure(
                "to read the mappings of this process",
                cause.getMessage() + "; " + limit.describe(),
                "",
                "the agent cannot tell what is locked, nor keep it locked; it tries again once an interval",
                Advice.lasting(toRead(ErrnoException.errnoOf(cause))));
    }

    private String toRead(int errno) {
        if (errno == Errno.EMFILE) {
            return "# the file descriptors are used up. How many are open:\nls "
                    + deployment.procDirectory()
                    + "/fd | wc -l\n# close what leaks, or start the JVM with more (ulimit -n 65536,"
                    + " LimitNOFILE=65536 in a unit)";
        }
        return new File("/proc/self/maps").exists()
                ? "# let this JVM read /proc/self/maps: the answer above says what prevents it"
                : "# mount /proc where this JVM runs, so that it can read /proc/self/maps";
    }

    private String limitAnswer(long neededBytes) {
        return "locking is limited: " + Errno.describe(limit.probeErrno()) + " for more than the limit; "
                + limit.describe() + ", CAP_IPC_LOCK not effective"
                + (neededBytes == 0 ? "" : "; needed now: " + needed(neededBytes)) + filter();
    }

    private static String needed(long bytes) {
        return Bytes.text(LockLimit.toLock(bytes)) + " with the application's reserve";
    }

    private String filter() {
        return deployment.isFiltered() ? "; a seccomp filter is in force" : "";
    }

    private static String effect(PassResult pass) {
        return pass.isNothingLocked() ? UNLOCKED_JVM : PARTLY_LOCKED;
    }

    private Refusal refusal(int errno) {
        return new Refusal(deployment, limit, errno);
    }

    private Advice advice(int errno) {
        return refusal(errno).advice(enoughBytes());
    }

    /**
     * Returns the limit to recommend, 0 if there is none: a number has to hold, whatever the selection grows to. What the
     * JVM was started with is not known here: a region that only a flag bounds counts as unbounded.
     */
    private long enoughBytes() {
        long others = Math.max(0, chargedBytes - Segment.length(reconciler.locked()));
        RegionBounds bounds = new RegionBounds(reconciler.segments(), new JvmFlags(List.of()));
        long most = bounds.mostBytes(selection.regions());
        return most < 0 ? 0 : LockLimit.toLock(most + others);
    }
}
