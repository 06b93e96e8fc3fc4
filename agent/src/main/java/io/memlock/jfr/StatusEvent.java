// SPDX-License-Identifier: Apache-2.0
package io.memlock.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Percentage;
import jdk.jfr.Period;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The periodic event with the state and the bytes of what is selected. */
@Name("memlock.Status")
@Label("Memory Lock Status")
@Category("Memory Lock")
@Description("How much of the selected memory memlock-agent keeps in RAM")
@Period("5 s")
@StackTrace(false)
@Registered(false)
final class StatusEvent extends Event {

    @Label("State")
    @Description("LOCKED, PARTIAL, FAILED, UNKNOWN or UNLOCKED, as over JMX")
    String state;

    @Label("Verified Ago")
    @Description("Time since the state was last verified")
    @Timespan(Timespan.MILLISECONDS)
    long verifiedAgo;

    @Label("Coverage")
    @Description("Locked bytes divided by resident bytes of what is selected; not a number while it is not known")
    @Percentage
    float coverage;

    @Label("Locked")
    @Description("Selected bytes in RAM and locked; -1 before the first scan")
    @DataAmount
    long locked;

    @Label("Resident")
    @Description("Selected bytes in RAM; -1 before the first scan")
    @DataAmount
    long resident;

    @Label("Swapped")
    @Description("Selected bytes in swap; -1 before the first scan")
    @DataAmount
    long swapped;

    @Label("Scanned Ago")
    @Description("Age of the scan that coverage, locked, resident and swapped come from")
    @Timespan(Timespan.MILLISECONDS)
    long scannedAgo;

    @Label("Charged")
    @Description("Length of all locked mappings, resident or not (VmLck): it counts against the limit; -1 if not known")
    @DataAmount
    long charged;

    @Label("Limit")
    @Description("Bytes that may be charged; the largest long if unlimited, -1 if not known")
    @DataAmount
    long limit;

    @Label("Relocks")
    @Description(
            "Parts of mappings that the agent had to lock after its first pass: growth under rescan, or what somebody"
                    + " had unlocked")
    long relocks;
}
