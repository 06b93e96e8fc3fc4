// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.bootstrap.AgentThread;
import io.memlock.calls.Pause;
import io.memlock.calls.Populator;
import io.memlock.cgroup.OomWatch;
import io.memlock.hotspot.HugePages;
import io.memlock.keeper.CpuAllowance;
import io.memlock.keeper.Growth;
import io.memlock.lock.MemoryLock;
import io.memlock.log.Log;
import io.memlock.manners.HeapRoom;
import io.memlock.manners.OwnPermissions;
import io.memlock.memory.Region;
import io.memlock.options.CurrentOptions;
import io.memlock.os.Linux;
import io.memlock.os.ThreadCpuTime;
import io.memlock.proc.Pagemap;
import io.memlock.proc.ProcFs;
import io.memlock.process.GrowthSignals;
import io.memlock.process.ThisProcess;
import io.memlock.residency.PrefaultReserve;
import io.memlock.state.LockState;
import io.memlock.state.PrefaultState;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Populates a growing heap ahead of its use while {@code prefault} asks for it, on a thread of its own. Without that
 * option there is no thread, and nothing is read.
 */
final class PrefaultService implements Runnable, Supplier<PrefaultState> {

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Reading where the heap is takes 0.5 % of a CPU in the long run: 2 ms each time, and 15 ms with 10,000 mappings. */
    private static final long FOLLOWING_SHARE = 200;

    private static final long FOLLOWING_BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** A tenth of what others get where CPUs are short. With less it might be kept waiting while it holds mmap_lock. */
    private static final int NICE = 10;

    private static final List<Region> HEAP = List.of(Region.HEAP);

    private final Instrumentation instrumentation;
    private final ThisProcess process;
    private final MemoryLock lock;
    private final CurrentOptions options;
    private final Log log;

    private Thread thread;

    /** What is populated ahead, also while no thread runs; made by the first. */
    private PrefaultReserve made;

    /** How far the reserve is filled. */
    private volatile PrefaultState ahead = PrefaultState.POPULATING;

    /** Whether this JVM or kernel does not allow it. */
    private volatile boolean isImpossible;

    private PrefaultState told;

    /** Creates the service, which starts nothing until {@link #look}. */
    PrefaultService(
            Instrumentation instrumentation, ThisProcess process, MemoryLock lock, CurrentOptions options, Log log) {
        this.instrumentation = instrumentation;
        this.process = process;
        this.lock = lock;
        this.options = options;
        this.log = log;
    }

    /** Starts the thread where it is wanted and does not run. The reporter's thread calls this about once a second. */
    synchronized void look() {
        if (isWanted() && !isImpossible && (thread == null || !thread.isAlive()) && HeapRoom.isThere()) {
            Thread next = new AgentThread(OwnPermissions.of(this), "memlock-prefault");
            next.start();
            thread = next;
        }
    }

    /** Returns how far it has come. */
    @Override
    public PrefaultState get() {
        if (options.get().prefault().isEmpty() || !locksSomething()) {
            return PrefaultState.NONE;
        }
        if (lock.isPrefaulting()) {
            return PrefaultState.POPULATING;
        }
        if (lock.isPrefaultRefused()) {
            return PrefaultState.STOPPED;
        }
        return options.get().prefault().contains(Region.HEAP) ? ahead : PrefaultState.DONE;
    }

    private boolean locksSomething() {
        LockState state = lock.settledState(); // a pause in which nobody verifies it is no reason to begin anew
        return state != null && state.locksSomething();
    }

    private boolean isWanted() {
        return locksSomething() && options.get().prefault().contains(Region.HEAP);
    }

    /** Populates until it is not wanted any more. */
    @Override
    public void run() {
        if (!process.isFiltered()) {
            process.libc().setpriority(Linux.PRIO_PROCESS, 0, NICE); // of this thread; refused, it works as well
        }
        while (isWanted() && !isImpossible) {
            try (Pagemap pagemap = process.files().pagemap(ProcFs.SELF, process.pageBytes())) {
                populate(pagemap);
            } catch (IOException | RuntimeException | Error e) {
                log.debug("prefault rests for a second: " + e);
                ahead = PrefaultState.STOPPED;
                AgentThread.rest(RETRY_NANOS);
            }
        }
        ahead = isImpossible ? ahead : PrefaultState.POPULATING; // for the next time that it is wanted
    }

    private void populate(Pagemap pagemap) throws IOException {
        Populator populator = Populator.of(process.libc(), process.files());
        Obstacle obstacle = findObstacle(populator);
        ahead = obstacle == null ? PrefaultState.POPULATING : obstacle.state();
        if (obstacle != null) {
            isImpossible = true;
            log.debug(
                    "prefault: memory that the heap commits from now on is not populated ahead: " + obstacle.reason());
            tell();
            return;
        }
        if (made == null) {
            OomWatch room = new OomWatch(process.newRoom());
            made = new PrefaultReserve(populator, room::roomBytes, Pause.SLEEP, process.pageBytes());
        }
        made.resume();
        Growth.Source growth = new GrowthSignals(instrumentation, process.files());
        ThreadCpuTime cpu = new ThreadCpuTime(process.libc());
        long lastChange = System.nanoTime();
        CpuAllowance following = new CpuAllowance(FOLLOWING_SHARE, FOLLOWING_BURST_NANOS, lastChange);
        long lastFollow = lastChange - Growth.LATEST_LOOK_NANOS;
        boolean mayHaveGrown = true;
        while (isWanted()) {
            if (lock.isIncomplete(Region.HEAP)) { // what is not locked may be swapped out as soon as it is populated
                ahead = PrefaultState.STOPPED;
                tell();
                AgentThread.rest(RETRY_NANOS);
                continue;
            }
            long now = System.nanoTime();
            Growth seen = growth.look();
            mayHaveGrown |= seen != Growth.NONE;
            boolean isDue = seen == Growth.CERTAIN || now - lastFollow >= Growth.LATEST_LOOK_NANOS;
            if (mayHaveGrown && isDue && following.restNanos(now) == 0) {
                mayHaveGrown = false;
                lastFollow = now;
                long before = cpu.nanos();
                made.follow(process.locate(HEAP));
                following.spend(cpu.since(before));
            }
            if (made.refill(pagemap::isTouched, now) || seen == Growth.CERTAIN) {
                lastChange = System.nanoTime();
            }
            ahead = made.state();
            tell();
            AgentThread.rest(Growth.nanosToNextLook(System.nanoTime() - lastChange));
        }
    }

    /**
     * Names what stands in the way of populating ahead.
     *
     * @param reason for the log
     * @param state how far it comes all the same
     */
    private record Obstacle(String reason, PrefaultState state) {}

    /** Looks for what stands in the way of populating ahead; null if nothing does. */
    private Obstacle findObstacle(Populator populator) {
        if (!populator.isHarmless()) {
            return new Obstacle("MADV_POPULATE_WRITE needs Linux 5.14", PrefaultState.STOPPED);
        }
        HugePages pages = process.hugePages();
        long huge = pages.getAsLong();
        if (huge <= 0) {
            return null;
        }
        boolean isAsGood = pages.isKnown() && huge >= PrefaultReserve.CHUNK_BYTES;
        return new Obstacle(
                "one page fault populates a whole transparent huge page",
                isAsGood ? PrefaultState.DONE : PrefaultState.STOPPED);
    }

    private void tell() {
        PrefaultState now = get();
        if (now != told) {
            told = now;
            log.debug("prefault: " + now);
        }
    }
}
