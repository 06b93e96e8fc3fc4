// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.attach.Version;
import io.memlock.hotspot.HeapRoom;
import io.memlock.jmx.JmxRegistration;
import io.memlock.keeper.LockControl;
import io.memlock.log.Log;
import io.memlock.options.CurrentOptions;
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
    private final long pageBytes;
    private final Supplier<PrefaultState> prefault;

    private volatile JmxRegistration registration;

    /** Made once: what it has changed of the JDK stays. Null until it is needed. */
    private OffHeap offHeap;

    JmxService(
            Instrumentation instrumentation,
            CurrentOptions options,
            Log log,
            long pageBytes,
            Supplier<PrefaultState> prefault) {
        this.instrumentation = instrumentation;
        this.options = options;
        this.log = log;
        this.pageBytes = pageBytes;
        this.prefault = prefault;
    }

    /**
     * Registers or unregisters the MXBeans as the option says. The reporter's thread calls it about once a second.
     *
     * @param control whom the beans ask
     */
    void update(LockControl control) {
        try {
            if (!options.get().jmx()) {
                end();
            } else if (registration == null
                    && HeapRoom.isThere()
                    && JmxRegistration.canRegister()
                    && HeapRoom.lasts()) {
                begin(control);
            }
        } catch (InstanceAlreadyExistsException e) {
            log.warn("no MXBean, to leave the application's own alone: " + e.getMessage());
        } catch (JMException | RuntimeException e) {
            log.warn("the MXBean cannot be " + (options.get().jmx() ? "" : "un") + "registered: " + e);
        }
    }

    private void begin(LockControl control) throws JMException {
        if (offHeap == null) {
            offHeap = new OffHeap(instrumentation);
        }
        refreshForFirstReader(control);
        registration = new JmxRegistration(control, offHeap, pageBytes, Version.current(), prefault);
        registration.register();
    }

    private void end() throws JMException {
        JmxRegistration last = registration;
        registration = null;
        if (last != null) {
            last.unregister();
        }
    }

    /** Scans once. Where that fails the bean is still worth having: its state does not come from a scan. */
    private void refreshForFirstReader(LockControl control) {
        try {
            control.refresh();
        } catch (IOException | RuntimeException e) {
            log.debug("no scan before the MXBean: " + e);
        }
    }

    /** Tells the listeners of the bean, if there is one. Any thread may call it. */
    void stateChanged(LockState from, LockState to) {
        JmxRegistration current = registration;
        if (current != null) {
            current.stateChanged(from, to);
        }
    }
}
