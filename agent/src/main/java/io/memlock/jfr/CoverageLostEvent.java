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
@Description(
        "Memory of one region that is selected and was not locked. What is still unlocked is told at each chunk's end")
@Period("endChunk")
@StackTrace(false)
@Registered(false)
final class CoverageLostEvent extends Event {

    @Label("Region")
    String region;

    @Label("Size")
    @Description("Length of the ranges, at the most; not all of it need have been in RAM")
    @DataAmount
    long size;

    @Label("Reason")
    String reason;

    @Label("Unlocked For")
    @Description(
            "Time until it was locked again, or until this event. It counts from the last look before the loss, which is"
                    + " earlier than the loss; of a loss that was there when the recording began, from the first look after that")
    @Timespan
    long unlockedFor;

    @Label("Relocked")
    @Description("Whether it is locked again; otherwise it is still unlocked, or no longer selected")
    boolean relocked;
}
