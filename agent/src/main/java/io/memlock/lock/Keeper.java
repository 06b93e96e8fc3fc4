// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.hotspot.GrowthSignals;
import io.memlock.hotspot.LayerStatus;
import io.memlock.hotspot.ThreadTime;
import io.memlock.log.Bytes;
import io.memlock.log.Log;
import io.memlock.options.OptionException;
import io.memlock.options.OptionParser;
import io.memlock.options.OptionsInForce;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * Keeps the promise while the JVM runs: on its own thread it reconciles, once a period and when memory may have grown, and
 * scans now and then for the report. It paces itself by what its work costs.
 */
public final class Keeper implements LockControl {

    /** Under rescan it looks between periods whether a memory pool has grown: so soon after one has, */
    private static final long SOONEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** then each time after so great a part of the time that has passed since. Growth seldom comes alone. */
    private static final long LOOK_PART = 8;

    /** Otherwise: whether there is something else to do. */
    private static final long CALM_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Passes once a period may take 1 % of a CPU; of a JVM with 250 mappings they take a hundredth of that. */
    private static final long PERIODIC_SHARE = 100;

    /** Passes because memory has grown, or after one that found some unlocked, may take 10 %: the promise is at stake. */
    private static final long WOKEN_SHARE = 10;

    /** Before that: enough for a JVM that starts, while the code of a pass is still interpreted, */
    private static final long PERIODIC_BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    /** and for one that grows. */
    private static final long WOKEN_BURST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long VIEW_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Scans walk page tables: 0.03 %, so that all the keeper does in an idle JVM is under 0.1 %. */
    private static final long SCAN_SHARE = 3000;

    private static final long MIN_SCAN_GAP_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final MemoryLock lock;
    private final ThisProcess process;
    private final Log log;
    private final StateListener listener;
    private final OptionsInForce options;
    private final GrowthSource growthSource;

    private final Semaphore wakeups = new Semaphore(0);
    private BooleanSupplier committedChanged;
    private boolean isDeaf;
    private final AtomicReference<LockState> announced;
    private volatile RegionReport report;
    private final Allowance periodic = new Allowance(PERIODIC_SHARE, PERIODIC_BURST_NANOS, System.nanoTime());
    private final Allowance woken = new Allowance(WOKEN_SHARE, WOKEN_BURST_NANOS, System.nanoTime());
    private final Allowance viewing = new Allowance(WOKEN_SHARE, WOKEN_BURST_NANOS, System.nanoTime());
    private ThreadTime cpu;

    /** CPU time of the keeper's own last scan: a gentle one mostly pauses. */
    private long scanNanos;

    private long lastPassEnd;
    private long lastLook = System.nanoTime() - CALM_LOOK_NANOS;
    private long lastGrowth = System.nanoTime();
    private boolean lastPassLocked;

    /** Since the last pass, under rescan. Mostly it has changed nothing, and then the next pass is an early periodic one. */
    private boolean hasCollected;

    /** The same of the committed size. */
    private boolean hasGrown;

    /** The next pass is due because what has been born locked could fill the room that is left. */
    private boolean isUrgent;

    private boolean isMoreToView;
    private boolean hasPassed;
    private boolean warned;

    /**
     * A keeper; {@link #run} is its life.
     *
     * @param listener told when the state changes, on the thread that changed it
     * @param options its period, at any moment; {@link #lock} replaces them
     */
    public Keeper(MemoryLock lock, ThisProcess process, Log log, StateListener listener, OptionsInForce options) {
        this(
                lock,
                process,
                log,
                listener,
                options,
                afterCollection -> new GrowthSignals(afterCollection)::committedChanged);
    }

    Keeper(
            MemoryLock lock,
            ThisProcess process,
            Log log,
            StateListener listener,
            OptionsInForce options,
            GrowthSource growthSource) {
        this.lock = lock;
        this.process = process;
        this.log = log;
        this.listener = listener;
        this.options = options;
        this.growthSource = growthSource;
        this.announced = new AtomicReference<>(lock.status().state());
    }

    /**
     * Reconciles until the JVM ends or the thread is interrupted.
     *
     * @param look called about once a second
     */
    public void run(Runnable look) throws InterruptedException {
        cpu = new ThreadTime();
        lastPassEnd = System.nanoTime();
        while (true) {
            try {
                pass(awaitNextPass(look));
                viewHeap();
                if (scanDue()) {
                    long start = cpu.nanos();
                    refresh();
                    scanNanos = cpu.nanos() - start;
                }
            } catch (IOException | RuntimeException | Error e) { // an OutOfMemoryError the application survives, too
                goOnAfter(e);
            }
        }
    }

    /** The promise outlives whatever one pass met. */
    private void goOnAfter(Throwable failure) throws InterruptedException {
        try {
            log.debug("keeper: " + failure + "; trying again");
        } catch (RuntimeException | Error again) {
            // There may be no memory to say so.
        }
        TimeUnit.NANOSECONDS.sleep(SOONEST_LOOK_NANOS);
    }

    /** Returns which allowance the next pass is at the expense of. */
    private Allowance awaitNextPass(Runnable look) throws InterruptedException {
        while (true) {
            if (System.nanoTime() - lastLook >= CALM_LOOK_NANOS) {
                lastLook = System.nanoTime(); // before: one that fails is not repeated at once
                look.run();
            }
            boolean rescan = lock.status().strategy() == Strategy.RESCAN;
            if (rescan && committedChanged == null && !isDeaf) {
                committedChanged = listen();
            }
            long now = System.nanoTime();
            isUrgent = lock.isPassDue(now);
            if (isUrgent) {
                return periodic;
            }
            // While passes find what is unlocked, what it costs to keep the promise is well spent.
            Allowance allowance = rescan && (lastPassLocked || hasGrown) ? woken : periodic;
            boolean isDue = hasCollected || hasGrown || isMoreToView;
            long left = Math.max(isDue ? 0 : periodNanos() - (now - lastPassEnd), allowance.restNanos(now));
            if (left <= 0) {
                return allowance;
            }
            boolean isListening = rescan && committedChanged != null;
            long rest = Math.min(left, isListening ? nanosToNextLook(now) : CALM_LOOK_NANOS);
            rest = Math.min(rest, lock.nanosToNextLook(now));
            boolean isWoken = wakeups.tryAcquire(rest, TimeUnit.NANOSECONDS);
            int more = wakeups.drainPermits();
            hasCollected |= rescan && (isWoken || more > 0);
            if (isListening && committedChanged.getAsBoolean()) {
                lastGrowth = System.nanoTime();
                hasGrown = true;
            }
        }
    }

    /** ZGC's heap is looked after once a second at least: what is not in its view when ZGC unmaps it can be swapped out. */
    private long periodNanos() {
        long interval = TimeUnit.MILLISECONDS.toNanos(options.get().intervalMillis());
        return !hasPassed || lock.viewedHeap().exists() ? Math.min(interval, VIEW_NANOS) : interval;
    }

    private BooleanSupplier listen() {
        try {
            return growthSource.listen(wakeups::release);
        } catch (LinkageError e) {
            isDeaf = true;
            log.failure("this Java runtime has no module java.management, which tells of growth: new memory is locked"
                    + " once an interval only");
            return null;
        }
    }

    private long nanosToNextLook(long now) {
        return Math.max(SOONEST_LOOK_NANOS, Math.min(CALM_LOOK_NANOS, (now - lastGrowth) / LOOK_PART));
    }

    private void pass(Allowance allowance) throws IOException {
        long locksBefore = lock.status().relockCount();
        long start = cpu.nanos();
        boolean mayHaveChanged = isUrgent || hasCollected || hasGrown || allowance == woken;
        boolean hasLooked = false;
        hasCollected = false; // one that ends from here on asks for another pass
        hasGrown = false;
        LockFailure failure;
        try {
            failure = mayHaveChanged ? lock.reconcileAfterChange() : lock.reconcile();
            hasLooked = true;
            hasPassed = true;
            lastPassLocked = lock.status().relockCount() > locksBefore;
            if (lastPassLocked) {
                lastGrowth = System.nanoTime();
            }
        } catch (IOException e) {
            announce(lock.status().lastFailure());
            throw e;
        } finally {
            hasCollected |= mayHaveChanged && !hasLooked;
            lastPassEnd = System.nanoTime();
            if (!isUrgent) { // what keeps the JVM from being killed waits for no allowance
                allowance.spend(cpu.nanos() - start);
            }
        }
        announce(failure);
        warnOnce();
        lock.takeNotices().forEach(log::failure);
    }

    /** A part after each pass: passes must go on, and with more to view the next is due at once. */
    private void viewHeap() throws IOException {
        isMoreToView = false;
        if (viewing.restNanos(System.nanoTime()) == 0) {
            long start = cpu.nanos();
            isMoreToView = lock.populateView();
            viewing.spend(cpu.nanos() - start);
        }
    }

    private void warnOnce() throws IOException {
        LockStatus status = lock.status();
        if (warned || (status.state() != LockState.LOCKED && status.state() != LockState.PARTIAL)) {
            return;
        }
        warned = true;
        String warning =
                process.outgrowWarning(status, lock.viewedHeap().bytes()).text();
        if (warning != null) {
            log.failure(warning);
        }
        String note = process.swapNote();
        if (note != null) {
            log.info(note);
        }
    }

    /** Once, whoever finds out: the keeper waits for its turn while somebody else locks or unlocks. */
    private void announce(LockFailure failure) {
        LockState after = lock.status().state();
        LockState before = announced.getAndSet(after);
        if (before == after) {
            return;
        }
        if (failure == null) {
            log.info("state " + before + " -> " + after + " (" + lock.status().describe() + ")");
        } else {
            log.failure(failure.text("state " + before + " -> " + after));
        }
        listener.stateChanged(before, after);
    }

    private boolean scanDue() {
        RegionReport last = report;
        return last == null
                || System.nanoTime() - last.takenNanos() > Math.max(MIN_SCAN_GAP_NANOS, scanNanos * SCAN_SHARE);
    }

    @Override
    public LockStatus status() {
        return lock.status();
    }

    @Override
    public RegionReport report() {
        return report;
    }

    @Override
    public ProcessNumbers numbers() throws IOException {
        return process.numbers().less(lock.viewedHeap().bytes());
    }

    @Override
    public void refresh() throws IOException {
        report = process.scan();
    }

    @Override
    public String lock(String text) throws OptionException, IOException {
        return change(text).text();
    }

    /**
     * As {@link #lock}.
     *
     * @param text the options
     * @return what came of it, and whether that is all that was asked for
     * @throws OptionException if the options are not understood; nothing was changed
     * @throws IOException if {@code /proc/self} cannot be read
     */
    public LockAnswer change(String text) throws OptionException, IOException {
        LockFailure failure;
        try {
            failure = lock.change(OptionParser.parse(text));
        } finally {
            options.replaceBy(lock.options());
        }
        announce(failure);
        refresh();
        String answer = failure == null
                ? describe()
                : failure.text(lock.status().state().name());
        return new LockAnswer(failure == null && lock.undone().isEmpty(), answer + lock.undone());
    }

    @Override
    public String unlock() throws IOException {
        lock.unlock();
        announce(null);
        refresh();
        return describe();
    }

    @Override
    public String diagnose() throws IOException {
        refresh();
        LockStatus status = lock.status();
        StringBuilder text = new StringBuilder(describe());
        text.append("\nlimit: ")
                .append(Bytes.text(status.limit().effectiveBytes()))
                .append(" (");
        text.append(status.limit().describe()).append(")\nregions, locked of resident:");
        for (RegionUsage usage : report.regions()) {
            text.append("\n  ").append(usage.regionName()).append(": ").append(Bytes.text(usage.lockedBytes()));
            text.append(" of ").append(Bytes.text(usage.residentBytes()));
        }
        text.append("\nhow the regions were found:");
        for (LayerStatus layer : process.layers()) {
            text.append("\n  ")
                    .append(layer.layer())
                    .append(": ")
                    .append(layer.ranges())
                    .append(" ranges");
            text.append(layer.problem().isEmpty() ? "" : "; " + layer.problem());
        }
        if (status.lastFailure() != null) {
            text.append('\n').append(status.lastFailure().text("last failure"));
        }
        return text.toString();
    }

    private String describe() throws IOException {
        if (lock.status().regions().isEmpty()) {
            long charged = numbers().chargedBytes();
            return lock.status().state() + ": nothing is selected; charged " + Bytes.text(charged)
                    + (charged > 0 ? " (the application's, or not told from it)" : "");
        }
        RegionUsage selected = report.total(lock.status().regions());
        return lock.status().state() + ": locked " + Bytes.text(selected.lockedBytes()) + " of "
                + Bytes.text(selected.residentBytes()) + " resident ("
                + lock.status().describe() + "), charged "
                + Bytes.text(numbers().chargedBytes());
    }

    /** Hears of changes of state. */
    public interface StateListener {

        /** The state has changed. */
        void stateChanged(LockState from, LockState to);
    }

    /** Tells when memory may have grown. */
    interface GrowthSource {

        /**
         * Starts listening.
         *
         * @param afterCollection called after each collection, on a thread that must not be kept
         * @return whether the committed size differs from the last time this was asked
         */
        BooleanSupplier listen(Runnable afterCollection);
    }
}
