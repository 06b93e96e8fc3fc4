// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.jvmstat.LockCounters;
import io.memlock.jvmstat.OpenedCounters;
import io.memlock.jvmstat.OwnCounters;
import io.memlock.keeper.LockControl;
import io.memlock.log.Log;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import io.memlock.report.RegionReport;
import io.memlock.report.RegionUsage;
import io.memlock.state.LockStatus;
import java.lang.instrument.Instrumentation;

/** Publishes the lock once a second, as performance counters, over JMX and in Flight Recorder, and when the JVM ends. */
final class Publisher implements Runnable {

    private final Instrumentation instrumentation;
    private final Log log;

    /** The JMX service; null where there is no JMX. */
    private final JmxService jmx;

    /** The service of Flight Recorder; null where there is none. */
    private final JfrService jfr;

    private final EndLine endLine;

    private LockControl control;

    private final OpenedCounters<LockCounters> counters = new Published();

    Publisher(Instrumentation instrumentation, Log log, JmxService jmx, JfrService jfr, EndLine endLine) {
        this.instrumentation = instrumentation;
        this.log = log;
        this.jmx = jmx;
        this.jfr = jfr;
        this.endLine = endLine;
    }

    void publish(LockControl whose) {
        control = whose;
    }

    /** Publishes the performance counters, and takes notice of the scan, for who has just changed the lock. */
    void lockChanged() {
        count();
        see();
    }

    private synchronized void count() {
        LockCounters published = counters.get();
        if (published != null) {
            count(published);
        }
    }

    @Override
    public void run() {
        count();
        if (jmx != null) {
            jmx.update(control);
        }
        if (jfr != null) {
            jfr.update(control);
        }
        see();
    }

    private synchronized void see() {
        RegionReport report = control.report();
        if (report != null) {
            endLine.saw(report);
        }
    }

    private void count(LockCounters published) {
        LockStatus status = control.status();
        published.state(
                status.state().code(),
                Region.joined(status.regions()),
                status.regions().isEmpty() ? "" : PathGlob.joined(status.asked().files()),
                status.relockCount(),
                status.verified() == null ? 0 : status.verified().nanos(),
                control.goodUntilNanos());
        RegionReport report = control.report();
        if (report != null) {
            RegionUsage all = report.total();
            published.process(all.lockedBytes(), all.residentBytes(), all.swappedBytes());
            RegionUsage selected = report.selected(status);
            published.scan(selected.lockedBytes(), selected.residentBytes(), report.takenNanos());
        }
    }

    /** The counters of the lock. Where the JVM has none, only the command line misses them. */
    private final class Published extends OpenedCounters<LockCounters> {

        /** The counters of this JVM, kept between attempts, because they know which counters an earlier attempt has added. */
        private OwnCounters own;

        @Override
        protected LockCounters open() throws ReflectiveOperationException {
            if (own == null) {
                own = new OwnCounters(instrumentation);
            }
            return new LockCounters(own);
        }

        @Override
        protected void failed(Throwable failure) {
            log.debug("the lock is not published as performance counters: " + failure);
        }
    }
}
