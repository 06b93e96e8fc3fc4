// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.attach.AttachReply;
import io.memlock.attach.AttachReply.State;
import io.memlock.attach.AttachRequest;
import io.memlock.bootstrap.Agent;
import io.memlock.bootstrap.AgentThread;
import io.memlock.bootstrap.StandardError;
import io.memlock.keeper.Background;
import io.memlock.keeper.Growth;
import io.memlock.keeper.LockAnswer;
import io.memlock.keeper.LockControl;
import io.memlock.keeper.PrivilegeWatch;
import io.memlock.keeper.StateListener;
import io.memlock.lock.MemoryLock;
import io.memlock.lock.Outcome;
import io.memlock.log.Log;
import io.memlock.manners.HeapRoom;
import io.memlock.manners.OwnPermissions;
import io.memlock.manners.ThreadStart;
import io.memlock.memory.SmapsCost;
import io.memlock.options.AgentOptions;
import io.memlock.options.CurrentOptions;
import io.memlock.options.OnFailure;
import io.memlock.options.OptionException;
import io.memlock.options.OptionParser;
import io.memlock.options.OptionSources;
import io.memlock.os.LibC;
import io.memlock.os.NativeAccess;
import io.memlock.os.NativeUnavailableException;
import io.memlock.proc.ProcFs;
import io.memlock.process.GrowthSignals;
import io.memlock.process.ThisProcess;
import io.memlock.state.LockFailure;
import io.memlock.state.LockState;
import io.memlock.state.LockStatus;
import io.memlock.tracking.MapTracking;
import io.memlock.tracking.UnwantedLocks;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs the agent: reads the options, locks, reports, and starts the background services.
 * {@code MemlockAgent} creates it once in a JVM.
 */
public final class Memlock implements Agent, KeeperStart.Kept {

    /** A bad option ends the JVM as a bad {@code -XX} flag does. */
    static final int EXIT_BAD_OPTION = 1;

    private static final int GO_ON = 0;

    /** The asker, as the log names it. */
    private static final String BY_ATTACH = "by attach";

    private final Instrumentation instrumentation;
    private StartupTimes times;

    /** Whether the start or an attach has taken the time already. */
    private boolean isTimed;

    private final StandardError stderr = new StandardError(System.err);

    private OptionSources sources;
    private CurrentOptions currentOptions;
    private Log log;
    private ThisProcess process;
    private MemoryLock lock;

    /** The notices that are told after the start line. */
    private List<String> startNotices = List.of();

    private Background background;

    /** Guards the next two. Whoever waits for it may hold the lock's monitor, and takes no other. */
    private final Object privilegeMonitor = new Object();

    /** The watch for dropped privileges, once it will end with the JVM; null before. */
    private PrivilegeWatch privileges;

    private Thread privilegeWatch;
    private AttachService attachService;

    /** The JMX service; null where there is no JMX. */
    private JmxService jmx;

    /** Publishes the lock; made with the background. */
    private Publisher publisher;

    /** What populates the heap ahead of its use; made with the background. */
    private PrefaultService prefault;

    private Memlock(Instrumentation instrumentation, long startNanos) {
        this.instrumentation = instrumentation;
        this.times = new StartupTimes(startNanos);
        times.ended("loader");
    }

    /** Creates the agent for the bootstrap. */
    public static final class Factory implements Agent.Factory {

        @Override
        public Agent create(Instrumentation instrumentation, long startNanos) {
            Agent agent = new Memlock(instrumentation, startNanos);
            return OwnPermissions.exist() ? new PrivilegedAgent(agent) : agent;
        }
    }

    /** Locks, on the thread that will run {@code main}; the rest goes on in the background. */
    @Override
    public int start(String optionsText) {
        isTimed = true;
        AgentOptions options;
        try {
            sources = OptionSources.read(optionsText, System.getenv(OptionSources.VARIABLE));
            options = sources.options();
        } catch (OptionException e) {
            stderr.print(StandardError.ERROR, e.getMessage());
            return EXIT_BAD_OPTION;
        }
        useOptions(options);
        times.ended("parse");
        LockFailure failure = lockAtStart(options);
        if (failure != null && reportFailure(failure, headline())) {
            return EXIT_NOT_LOCKED;
        }
        return !hasStarted() || startKeeping(failure) ? GO_ON : EXIT_NOT_LOCKED;
    }

    /** Reports a failure, and returns whether the JVM has to end because of it. */
    private boolean reportFailure(LockFailure failure, String headline) {
        boolean exits = currentOptions.get().onFailure() == OnFailure.EXIT;
        if (exits) {
            log.error(failure.textBeforeExit(headline, ENDS));
        } else {
            log.warn(failure.text(headline));
        }
        return exits;
    }

    private void useOptions(AgentOptions options) {
        currentOptions = new CurrentOptions(options);
        log = new Log(stderr, currentOptions);
    }

    /** Locks. Whatever goes wrong is a failure like any other: the application must start, or exit as its operator wants. */
    private LockFailure lockAtStart(AgentOptions options) {
        try {
            LibC libc = NativeAccess.open(instrumentation);
            times.ended("native");
            process = new ThisProcess(libc, instrumentation, log);
            lock = process.newLock(currentOptions);
            Outcome outcome = lock.start(options);
            if (outcome.prefaultRefusal() != null) {
                log.warn("NOT PREFAULTED: " + outcome.prefaultRefusal());
            }
            startNotices = outcome.notices();
            times.ended("lock");
            return outcome.failure();
        } catch (NativeUnavailableException e) {
            return LockFailure.unavailable(e.reason(), e.remedy());
        } catch (Throwable e) {
            return LockFailure.ofTheAgent(e);
        }
    }

    @Override
    public boolean hasStarted() {
        return lock != null && lock.status() != null;
    }

    private String headline() {
        return headline(hasStarted() ? lock.settledState() : LockState.FAILED);
    }

    static String headline(LockState state) {
        return switch (state) {
            case PARTIAL -> "PARTLY LOCKED";
            case LOCKED -> "LOCKED, BUT NOT AS ASKED";
            case UNKNOWN -> "NOT KNOWN WHETHER LOCKED";
            default -> "NOT LOCKED";
        };
    }

    /** Starts the threads that keep the lock. Returns false if they could not be started and the JVM has to end because of it. */
    private boolean startKeeping(LockFailure failure) {
        try {
            startBackground(failure == null || lock.settledState() == LockState.PARTIAL);
            return true;
        } catch (Throwable e) {
            return !reportFailure(LockFailure.notKept(e), "LOCKED, BUT NOT KEPT");
        }
    }

    /**
     * Prints the start line beside {@code main}, and has the keeper run after it, or beside it where it takes long. The thread
     * for the line is no daemon: a JVM that ends soon waits the few milliseconds until the line is out. Both threads start
     * before {@code main}, which may leave no memory for one. A small heap is left to {@code main} first, and a JVM that ends
     * until then prints no line.
     */
    private void startBackground(boolean isLocked) {
        Runnable start = new Runnable() {
            @Override
            public void run() {
                watchPrivilege();
                AgentThread.leaveSmallHeapToMain();
                if (isLocked) {
                    printStartLine();
                }
                tell(startNotices);
                if (log.isDebug()) {
                    log.debug(times.describe());
                    log.debug("options: " + sources.describe());
                }
            }
        };
        Thread line = newThread(start, "memlock-start");
        line.setDaemon(!AgentThread.mayRunBesideMain());
        line.start();
        startKeeperAfter(line, false);
    }

    private void startKeeperAfter(Thread before, boolean isAttach) {
        new AgentThread(new KeeperStart(this, before, isAttach, stderr), "memlock-begin").start();
    }

    private String printStartLine() {
        try {
            String line = startLine();
            log.info(line);
            return line;
        } catch (IOException | RuntimeException | Error e) {
            String problem = "cannot tell how much is locked: " + e.getMessage();
            log.warn(problem);
            return problem;
        }
    }

    private String startLine() throws IOException {
        LockStatus status = lock.status();
        if (status.asked().isEmpty()) {
            return "locks nothing until asked (mode=none)";
        }
        String locked;
        if (status.asked().isAllButFiles() && !process.isLarge()) {
            locked = StartReport.ofWholeProcess(process.files(), status);
        } else {
            control().refresh();
            locked = control().report().describe(status);
        }
        return StartReport.line(
                locked, status, process.files().status(ProcFs.SELF).vmLckBytes(), times.totalMillis());
    }

    private void tell(List<String> notices) {
        for (String notice : notices) {
            log.warn(notice);
        }
    }

    private static Thread newThread(Runnable body, String name) {
        return new AgentThread(OwnPermissions.of(body), name);
    }

    /** Starts the watch at the first moment at which dropping root would end the JVM. */
    private void watchPrivilege() {
        synchronized (privilegeMonitor) {
            if (!isPrivilegeWatched() && lock.dependsOnCapability() && makeWatchThatEnds()) {
                Thread watch = newThread(privileges, "memlock-privilege");
                watch.start();
                // Not before: where there is no memory for a thread just now, the next look tries.
                privilegeWatch = watch;
            }
        }
    }

    /** Returns whether the watch runs, or has ended itself. In a full heap its thread may end before it begins. */
    private boolean isPrivilegeWatched() {
        return privilegeWatch != null && (privilegeWatch.isAlive() || privileges.isOver());
    }

    /**
     * Makes the watch, and has it ended as the JVM ends. That comes before its thread: a JVM that ends in between would wait
     * for it.
     *
     * @return false if the JVM ends already
     */
    private boolean makeWatchThatEnds() {
        if (privileges != null) {
            return true;
        }
        PrivilegeWatch watch = new PrivilegeWatch(process.libc(), process, lock, log);
        Runnable end = new Runnable() { // a lambda would be linked before main
                    @Override
                    public void run() {
                        watch.end();
                    }
                };
        try {
            Runtime.getRuntime().addShutdownHook(AgentThread.atEnd(OwnPermissions.of(end), "memlock-end"));
        } catch (IllegalStateException e) {
            return false;
        } catch (SecurityException e) {
            log.debug("the JVM may wait for the watch for dropped privileges when it ends: " + e.getMessage());
        }
        privileges = watch;
        return true;
    }

    /** Starts the agent in a JVM that runs, or gives new options to the one that is there. Never ends the JVM. */
    @Override
    public void attach(String request) {
        if (attachService == null) {
            attachService = new AttachService(instrumentation, stderr, this::carryOut);
        }
        attachService.take(request);
    }

    private AttachReply carryOut(AttachRequest request, Consumer<String> progress)
            throws OptionException, NativeUnavailableException, IOException {
        if (isTimed && !hasStarted()) {
            times = new StartupTimes(System.nanoTime()); // what came before has failed
        }
        isTimed = true;
        if (request.action() == AttachRequest.Action.UNLOCK) {
            if (!hasStarted()) {
                return new AttachReply(State.FAILED, "the agent holds no lock");
            }
            return withProgress(progress, () -> reply(control().unlock(BY_ATTACH)));
        }
        AgentOptions options = OptionParser.parse(request.options());
        if (hasStarted()) {
            return withProgress(progress, () -> reply(control().lock(options, BY_ATTACH)));
        }
        useOptions(options);
        process = new ThisProcess(NativeAccess.open(instrumentation), instrumentation, log);
        startKeeperAfter(Thread.currentThread(), true); // now: with memory locked there may be no room for it
        return withProgress(progress, () -> lockNow(options));
    }

    private static AttachReply reply(LockAnswer answer) {
        return new AttachReply(answer.isDone() ? State.DONE : State.FAILED, answer.text());
    }

    /** The work that an attach asks for. */
    private interface Work {
        AttachReply run() throws IOException;
    }

    private AttachReply withProgress(Consumer<String> progress, Work work) throws IOException {
        process.progress().tell(progress);
        try {
            return work.run();
        } finally {
            process.progress().tell(null);
        }
    }

    /** Publishes what has changed before the one who asked is told, so that a look then does not find what was before. */
    private void publish() {
        try {
            publisher.lockChanged();
        } catch (RuntimeException | Error e) { // no memory just now: the reporter publishes within a second
            log.debug("the change is published later: " + e);
        }
    }

    /** The first lock of this JVM, taken while it runs. */
    private AttachReply lockNow(AgentOptions options) throws IOException {
        MemoryLock first = process.newLock(currentOptions);
        Outcome outcome;
        try {
            outcome = options.selection().isEmpty() ? first.start(options) : first.change(options);
        } catch (IOException | RuntimeException | Error e) { // a heap that is full just now
            if (first.status() != null) { // some of it is locked: it has to be kept, and can be unlocked
                keepFrom(first, false);
                control().announceUnfinished(options, BY_ATTACH, e);
            }
            throw e;
        }
        LockFailure failure = outcome.failure();
        String line = keepFrom(first, failure == null || outcome.status().state() == LockState.PARTIAL);
        publish();
        tell(outcome.notices());
        String text = failure == null ? line : failure.text(headline());
        if (failure != null) { // the settled state is no news to what tells of changes
            log.warn(failure.text(headline() + ", asked for " + BY_ATTACH + " (" + options.text() + ")"));
        }
        return new AttachReply(outcome.isDone() ? State.DONE : State.FAILED, text + outcome.undone());
    }

    /**
     * Leaves the keeper running. It begins after the start line is out, unless that takes a scan of seconds.
     *
     * @return the start line; "" if little is locked
     */
    private String keepFrom(MemoryLock first, boolean isLocked) {
        lock = first;
        times.ended("lock");
        background();
        watchPrivilegeNow();
        if (takesLongToScan()) {
            background().start();
        }
        String line = isLocked ? printStartLine() : "";
        log.debug(times.describe());
        background().start();
        return line;
    }

    /** Starts the watch before a scan that takes seconds. Where there is no thread for it, the reporter tries again. */
    private void watchPrivilegeNow() {
        try {
            watchPrivilege();
        } catch (RuntimeException | Error e) {
            log.debug("no watch for dropped privileges yet: " + e);
        }
    }

    /** Ignores another {@code -javaagent} of the same command line, or of {@code JAVA_TOOL_OPTIONS}. */
    @Override
    public void startAgain(String optionsText) {
        stderr.print(
                StandardError.WARN,
                "the agent is given more than once: the first counts ("
                        + given(sources == null ? "" : sources.options().text())
                        + "), this one is ignored (" + given(optionsText) + ")");
    }

    private static String given(String optionsText) {
        return optionsText == null || optionsText.isEmpty() ? "default options" : optionsText;
    }

    /**
     * Makes the service when the application first asks for it. It works on the application's threads, which must not end the
     * JVM for want of metaspace where they would live without the agent.
     */
    @Override
    public MethodHandle rangeLocks() {
        return hasStarted() && hasMetaspaceRoom() ? RangeLockService.of(process) : null;
    }

    /** Returns the background services. Whoever needs them first makes them: our own thread, or an early attach. */
    @Override
    public synchronized Background background() {
        if (background == null) {
            MissingModules.tell(currentOptions.get(), log);
            prefault = new PrefaultService(instrumentation, process, lock, currentOptions, log);
            jmx = MissingModules.exists("java.management")
                    ? new JmxService(
                            instrumentation,
                            currentOptions,
                            log,
                            process.libc(),
                            process.pageBytes(),
                            prefault,
                            process.metaspace())
                    : null;
            JfrService jfr = MissingModules.exists("jdk.jfr") ? new JfrService(currentOptions, process, log) : null;
            publisher = new Publisher(instrumentation, log, jmx, jfr, new EndLine(lock, process, log));
            Growth.Source growth = new GrowthSignals(instrumentation, process.files());
            UnwantedLocks unwanted = new TrackedUnwantedLocks(lock, currentOptions);
            MapTracking tracking =
                    new MapTracking(instrumentation, unwanted, process.libc(), process.isFiltered(), log);
            Runnable watching = new ThreadStart() {
                @Override
                protected void start() {
                    watchPrivilege();
                }
            };
            lock.tellWhenFutureIsSet(watching);
            Runnable prefaulting = new ThreadStart() {
                @Override
                protected void start() {
                    lookAtPrefault();
                }
            };
            Runnable trackingMaps = new Runnable() {
                @Override
                public void run() {
                    // Classes of the JDK are initialised then, which must not fail.
                    if (tracking.isDue() && HeapRoom.isThere() && hasMetaspaceRoom()) {
                        tracking.look();
                    }
                }
            };
            StateListener listener = new StateListener() {
                @Override
                public void stateChanged(LockState from, LockState to) {
                    if (jmx != null) {
                        jmx.stateChanged(from, to);
                    }
                }

                @Override
                public void lockChanged() {
                    publish();
                }
            };
            List<Runnable> tasks = takesLongToScan() // which the publisher does, for the first reader over JMX
                    ? List.of(watching, prefaulting, trackingMaps, publisher)
                    : List.of(watching, prefaulting, publisher, trackingMaps);
            Background made =
                    new Background(lock, process.view(), process.libc(), log, listener, currentOptions, growth, tasks);
            publisher.publish(made.control());
            background = made;
        }
        return background;
    }

    @Override
    public boolean hasMetaspaceRoom() {
        return process.metaspace().hasRoom();
    }

    /** Where the heap is small this allocates nothing: it is main's, and main has had no time to make much outside of it. */
    @Override
    public boolean takesLongToScanBesideMain() {
        return Runtime.getRuntime().totalMemory() > SmapsCost.CHEAP_RESIDENT_BYTES && takesLongToScan();
    }

    /**
     * Returns whether a scan may take seconds, for which neither the keeper nor the hook of mapped files may wait: a file that
     * is read meanwhile would fill the memory that is left.
     */
    private boolean takesLongToScan() {
        try {
            return process.isLarge();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void lookAtPrefault() {
        prefault.look();
    }

    private LockControl control() {
        return background().control();
    }
}
