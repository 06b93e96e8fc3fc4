// SPDX-License-Identifier: Apache-2.0
package io.memlock.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Page faults of the process, each second. */
@Name("memlock.Faults")
@Label("Page Faults")
@Category("Memory Lock")
@Description("Page faults of this process since the previous event. A pause with major faults in it waited for a disk")
@Period("1 s")
@StackTrace(false)
@Registered(false)
final class FaultsEvent extends Event {

    @Label("Major Faults")
    @Description("Page faults that waited for a disk")
    long majorFaults;

    @Label("Minor Faults")
    @Description("Page faults that waited for no disk")
    long minorFaults;

    @Label("Major per Second")
    float majorRate;

    @Label("Minor per Second")
    float minorRate;

    @Label("Interval")
    @Description("The time in which the faults happened")
    @Timespan
    long interval;
}
