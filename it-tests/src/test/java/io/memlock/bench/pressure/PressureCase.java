// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.pressure;

import java.util.List;

/**
 * One way in which a service can lose its memory to a neighbour.
 *
 * @param name in reports
 * @param workload of {@code ServiceApp}
 * @param liveMegabytes its live set
 * @param flags of its JVM: heap size and the like
 * @param limitMegabytes of the cgroup they share
 * @param neighbour arguments of {@code NeighbourApp}, as {@code memory 600}, or {@code memory rest}
 * @param requestsPerSecond that arrive
 * @param idleSeconds under pressure before the first request
 * @param seconds of requests
 */
public record PressureCase(
        String name,
        String workload,
        int liveMegabytes,
        List<String> flags,
        int limitMegabytes,
        List<String> neighbour,
        double requestsPerSecond,
        double idleSeconds,
        double seconds) {

    /** The same, for another time. */
    public PressureCase lasting(double newIdleSeconds, double newSeconds) {
        return new PressureCase(
                name,
                workload,
                liveMegabytes,
                flags,
                limitMegabytes,
                neighbour,
                requestsPerSecond,
                newIdleSeconds,
                newSeconds);
    }

    /** The same under another name. */
    public PressureCase named(String newName) {
        return new PressureCase(
                newName,
                workload,
                liveMegabytes,
                flags,
                limitMegabytes,
                neighbour,
                requestsPerSecond,
                idleSeconds,
                seconds);
    }

    /** Heap of one size, touched at random. */
    public static PressureCase heapFixed() {
        return new PressureCase(
                "heap fixed", "heap", 350, List.of("-Xms512m", "-Xmx512m"), 900, List.of("memory", "700"), 1000, 0, 15);
    }
}
