// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.attach.Version;
import io.memlock.jmx.JmxRegistration;
import io.memlock.keeper.LockControl;
import io.memlock.log.Log;
import io.memlock.manners.HeapRoom;
import io.memlock.manners.RetryPause;
import io.memlock.options.CurrentOptions;
import io.memlock.os.LibC;
import io.memlock.os.ThreadCpuTime;
import io.memlock.process.OwnMetaspace;
import io.memlock.state.LockState;
import io.memlock.state.PrefaultState;
import io.memlock.tracking.OffHeap;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.function.Supplier;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;

/** Registers the MXBeans while the option {@code jmx} is on. No class of JMX is loaded before. */
final class JmxService {

    private final Instrumentation instrumentation;
    private final CurrentOptions options;
    private final Log log;
    private final LibC libc;
    private final long pageBytes;
    private final Supplier<PrefaultState> prefault;
    private final OwnMetaspace metaspace;

    /** The beans; null while the option is off. Not all may be registered: a lack of memory puts the others off. */
    private volatile JmxRegistration registration;

    /** Whether all are registered, or never will be. */
    private boolean isSettled;

    /** Whether the server did not unregister them all when the option was switched off. */
    private boolean isStuck;

    private RetryPause pause = new RetryPause();

    /** Whether the option was on at the last look. */
    private boolean wasWanted;

    private String lastProblem = "";

    /** Made once: what it has changed of the JDK stays. Null until it is needed. */
    private OffHeap offHeap;

    JmxService(
            Instrumentation instrumentation,
            CurrentOptions options,
            Log log,
            LibC libc,
            long pageBytes,
            Supplier<PrefaultState> prefault,
            OwnMetaspace metaspace) {
        this.instrumentation = instrumentation;
        this.options = options;
        this.log = log;
        this.libc = libc;
        this.pageBytes = pageBytes;
        this.prefault = prefault;
        this.metaspace = metaspace;
    }

    /**
     * Registers or unregisters the MXBeans as the option says. The reporter's thread calls it about once a second.
     *
     * @param control whom the beans ask
     */
    void update(LockControl control) {
        update(control, System.nanoTime());
    }

    void update(LockControl control, long nowNanos) {
        boolean isWanted = options.get().jmx();
        isStuck &= !isWanted;
        if (isWanted != wasWanted) {
            wasWanted = isWanted;
            pause = new RetryPause();
        }
        boolean isDone = isWanted ? isSettled : registration == null || isStuck;
        if (isDone || !pause.isOver(nowNanos)) {
            return;
        }
        try {
            if (!isWanted) {
                registration.unregister();
                settle(false);
            } else if (HeapRoom.isThere() && JmxRegistration.canRegister() && metaspace.hasRoom() && HeapRoom.lasts()) {
                begin(control);
                settle(true);
            }
        } catch (InstanceAlreadyExistsException e) {
            settle(isWanted);
            log.warn("no MXBean, to leave the application's own alone: " + e.getMessage());
        } catch (JMException e) { // the server's answer, which is final until the option changes
            isSettled = isWanted;
            isStuck = !isWanted;
            log.warn("the MXBean cannot be " + registered(isWanted) + ": " + e);
        } catch (RuntimeException | Error e) {
            isSettled = false; // some may be unregistered by now
            pause.begin(nowNanos);
            warnOnce("the MXBean cannot be " + registered(isWanted) + " now, which is tried again: " + e);
        }
    }

    private void settle(boolean isRegistered) {
        isSettled = isRegistered;
        if (!isRegistered) {
            registration = null;
        }
        pause = new RetryPause();
        lastProblem = "";
    }

    private static String registered(boolean isWanted) {
        return isWanted ? "registered" : "unregistered";
    }

    private void warnOnce(String problem) {
        if (!problem.equals(lastProblem)) {
            log.warn(problem);
            lastProblem = problem;
        }
    }

    private void begin(LockControl control) throws JMException {
        if (offHeap == null) {
            offHeap = new OffHeap(instrumentation, metaspace::hasRoom, new ThreadCpuTime(libc));
        }
        if (registration == null) {
            registration = new JmxRegistration(control, offHeap, pageBytes, Version.current(), prefault);
        }
        refreshForFirstReader(control);
        registration.register();
    }

    /** Scans once. Where smaps cannot be read the bean is still worth having: its state does not come from there. */
    private void refreshForFirstReader(LockControl control) {
        try {
            control.refresh();
        } catch (IOException | RuntimeException e) {
            log.debug("no scan before the MXBean: " + e);
        }
    }

    /** Tells the listeners of the bean, if there is one. Any thread may call it, one at a time. */
    void stateChanged(LockState from, LockState to) {
        JmxRegistration current = registration;
        if (current != null) {
            current.stateChanged(from, to);
        }
    }
}
