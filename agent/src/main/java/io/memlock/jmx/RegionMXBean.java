// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

/**
 * What one region of this JVM holds, as an MBean of its own, because exporters of metrics read numbers from many MBeans
 * of one type, but no tables. All values are from the last scan. An unknown value is absent: reading it fails, or
 * returns null.
 */
@Description("What one region of this JVM's memory holds, at the last scan")
public interface RegionMXBean {

    /** The name of the MBean of a region: this, and its name as in the options. */
    String OBJECT_NAME = "io.memlock:type=Region,name=";

    @Description("Whether this region should be locked; true for mapped if only some mapped files should be locked")
    boolean isSelected();

    @Description("Mappings that belong to this region, whole or in part")
    int getMappings();

    @Description("Length of the mappings of this region in bytes")
    long getReservedBytes();

    @Description("Length of the accessible mappings of this region in bytes")
    long getCommittedBytes();

    @Description("Bytes of this region in RAM; a page shared with other processes counts by its share,"
            + " with more than 512 MiB resident by a half, or in full if it is shared for writing")
    long getResidentBytes();

    @Description("Bytes of this region in RAM and locked; a page shared with other processes counts by its share,"
            + " with more than 512 MiB resident by a half, or in full if it is shared for writing")
    long getLockedBytes();

    @Description("Bytes of this region in swap; with more than 512 MiB resident, shared memory counts only as in"
            + " SwappedBytes of io.memlock:type=MemoryLock")
    long getSwappedBytes();

    @Description("Locked bytes divided by resident bytes of this region, from 0 to 1; absent if nothing is resident")
    Double getCoverage();
}
