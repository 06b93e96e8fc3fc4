// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.service;

/** What a request to the service does. */
interface Workload {

    /**
     * Serves one request.
     *
     * @param number of the request, from 0
     * @param progress of the run, from 0 to 1
     * @return something computed, so that nothing is optimised away
     */
    long serve(long number, double progress);

    /**
     * Makes a workload and its live set.
     *
     * @param name {@code heap}, {@code growing}, {@code offheap} or {@code coldcode}
     * @param liveMegabytes size of the live set
     */
    static Workload of(String name, int liveMegabytes) throws Exception {
        return switch (name) {
            case "heap" -> new HeapWorkload(liveMegabytes, 1);
            case "growing" -> new HeapWorkload(liveMegabytes, 0.1);
            case "offheap" -> new OffHeapWorkload(liveMegabytes);
            case "coldcode" -> new ColdCodeWorkload();
            default -> throw new IllegalArgumentException("unknown workload " + name);
        };
    }
}
