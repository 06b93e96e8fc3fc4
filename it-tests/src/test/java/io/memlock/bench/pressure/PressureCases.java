// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.pressure;

import io.memlock.bench.service.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The ways to lose memory that are measured. */
final class PressureCases {

    private static final List<String> NEIGHBOUR = List.of("memory", "700");
    private static final int LIMIT = 900;
    private static final int LIVE = 350;
    private static final double SECONDS = 15;

    private PressureCases() {}

    /** With swap space. */
    static List<PressureCase> withSwap() {
        List<String> fixed = List.of("-Xms512m", "-Xmx512m");
        List<String> small = List.of("-Xms64m", "-Xmx64m", "-XX:MaxDirectMemorySize=1g");
        List<PressureCase> cases = new ArrayList<>(heaps());
        cases.addAll(List.of(
                new PressureCase(
                        "heap fixed, 8 GiB",
                        "heap",
                        6144,
                        List.of("-Xms8g", "-Xmx8g"),
                        9728,
                        List.of("memory", "2500"),
                        1000,
                        0,
                        SECONDS),
                new PressureCase("off-heap", "offheap", LIVE, small, LIMIT - 100, NEIGHBOUR, 1000, 0, SECONDS),
                new PressureCase(
                        "cold code",
                        "coldcode",
                        0,
                        List.of("-Xms128m", "-Xmx128m"),
                        500,
                        List.of("memory", "450"),
                        50,
                        0,
                        SECONDS),
                new PressureCase("idle, then burst", "heap", LIVE, fixed, LIMIT, NEIGHBOUR, 2000, 60, 5)));
        return cases;
    }

    /**
     * Heaps of one size and such that grow, for every collector and each kind of swap space.
     *
     * <p>One neighbour of a growing heap takes as much as the limit allows: the memory is short before the first request,
     * whatever the service has taken by then. The other leaves each service the same room to grow, so that each meets the
     * moment at which memory becomes short while requests come. One that takes the same from each would spare whoever has
     * taken more at the start that moment.
     */
    static List<PressureCase> heaps() {
        return List.of(
                PressureCase.heapFixed(),
                growing("heap growing", List.of("memory", Integer.toString(LIMIT))),
                growing("heap growing into pressure", List.of("memory", PressureRun.THE_REST)));
    }

    private static PressureCase growing(String name, List<String> neighbour) {
        return new PressureCase(
                name, "growing", LIVE, List.of("-Xms64m", "-Xmx600m"), LIMIT, neighbour, 1000, 0, SECONDS);
    }

    /**
     * Without: only the page cache is fought over.
     *
     * @param file larger than the limit
     */
    static PressureCase swapOff(Path file) {
        return new PressureCase(
                "swap off, page cache",
                "coldcode",
                0,
                List.of("-Xms128m", "-Xmx128m"),
                400,
                List.of("file", file.toString()),
                50,
                0,
                SECONDS);
    }

    /**
     * A real service beside the synthetic ones, with swap space.
     *
     * @param index the directory of an index
     */
    static PressureCase search(Path index) {
        return new PressureCase(
                "Lucene search",
                Workload.SEARCH + index,
                200,
                List.of("-Xms384m", "-Xmx384m"),
                700,
                List.of("memory", "500"),
                500,
                0,
                SECONDS);
    }
}
