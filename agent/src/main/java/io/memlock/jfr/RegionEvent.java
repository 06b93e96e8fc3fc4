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

/** What one region holds, as one scan found it. */
@Name("memlock.Region")
@Label("Memory Lock Region")
@Category("Memory Lock")
@Description("What one region of the JVM's memory holds, as the last scan found it")
@Period("5 s")
@StackTrace(false)
@Registered(false)
final class RegionEvent extends Event {

    @Label("Region")
    String region;

    @Label("Selected")
    @Description("Whether the region should be locked")
    boolean selected;

    @Label("Coverage")
    @Description("Locked bytes divided by resident bytes; not a number where nothing is resident")
    @Percentage
    float coverage;

    @Label("Locked")
    @Description("In RAM and locked")
    @DataAmount
    long locked;

    @Label("Resident")
    @Description("In RAM")
    @DataAmount
    long resident;

    @Label("Swapped")
    @Description("In swap")
    @DataAmount
    long swapped;

    @Label("Committed")
    @Description("Length of the accessible mappings")
    @DataAmount
    long committed;

    @Label("Scanned Ago")
    @Description("Age of the scan")
    @Timespan(Timespan.MILLISECONDS)
    long scannedAgo;
}
