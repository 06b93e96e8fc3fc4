// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import io.memlock.lock.RegionReport;
import io.memlock.lock.RegionUsage;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularData;
import javax.management.openmbean.TabularDataSupport;
import javax.management.openmbean.TabularType;

/** The {@code Regions} attribute: built by hand, because what the JDK maps from a class has no descriptions. */
final class RegionTable {

    private static final String KEY = "region";

    private static final String[] NAMES = {
        KEY, "mappings", "reservedBytes", "committedBytes", "residentBytes", "lockedBytes", "swappedBytes", "coverage"
    };

    private static final String[] DESCRIPTIONS = {
        "Name of the region, as in the options",
        "Mappings that belong to it, whole or in part",
        "Bytes of its mappings",
        "Bytes of its accessible mappings",
        "Bytes of it in RAM",
        "Bytes of it in RAM and locked",
        "Bytes of it in swap",
        "Locked of resident bytes, from 0 to 1"
    };

    private static final OpenType<?>[] TYPES = {
        SimpleType.STRING,
        SimpleType.INTEGER,
        SimpleType.LONG,
        SimpleType.LONG,
        SimpleType.LONG,
        SimpleType.LONG,
        SimpleType.LONG,
        SimpleType.DOUBLE
    };

    private RegionTable() {}

    /**
     * The table of a report.
     *
     * @param report null for a table without rows
     */
    static TabularData of(RegionReport report) {
        try {
            CompositeType row =
                    new CompositeType("Region", "What one region of the JVM holds", NAMES, DESCRIPTIONS, TYPES);
            TabularType type = new TabularType("Regions", "What each region of the JVM holds", row, new String[] {KEY});
            TabularData table = new TabularDataSupport(type);
            if (report != null) {
                for (RegionUsage usage : report.regions()) {
                    table.put(new CompositeDataSupport(row, NAMES, values(usage)));
                }
            }
            return table;
        } catch (OpenDataException e) {
            throw new IllegalStateException(e); // the types above do not fit each other
        }
    }

    private static Object[] values(RegionUsage usage) {
        return new Object[] {
            usage.regionName(),
            usage.mappings(),
            usage.reservedBytes(),
            usage.committedBytes(),
            usage.residentBytes(),
            usage.lockedBytes(),
            usage.swappedBytes(),
            usage.coverage()
        };
    }
}
