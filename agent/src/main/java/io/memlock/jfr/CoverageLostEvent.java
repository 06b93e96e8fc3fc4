// SPDX-License-Identifier: Apache-2.0
package io.memlock.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Memory that is selected and was not locked for some time. */
@Name("memlock.CoverageLost")
@Label("Memory Lock Coverage Lost")
@Category("Memory Lock")
@Description("Memory of one selected region was not locked. A loss that goes on is reported at the end of each chunk")
@Period("endChunk")
@StackTrace(false)
@Registered(false)
final class CoverageLostEvent extends Event {

    @Label("Region")
    String region;

    @Label("Size")
    @Description("Largest total length of the unlocked ranges; not all of it need have been in RAM")
    @DataAmount
    long size;

    @Label("Reason")
    String reason;

    @Label("Unlocked For")
    @Description("Time until the memory was locked again, or until this event. It counts from the last look before the"
            + " loss, so it is an upper bound; for a loss older than the recording it counts from the first"
            + " look in the recording")
    @Timespan
    long unlockedFor;

    @Label("Relocked")
    @Description("Whether the memory is locked again; if not, it is still unlocked or no longer selected")
    boolean relocked;
}
