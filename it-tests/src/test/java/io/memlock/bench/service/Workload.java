// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.service;

import java.nio.file.Path;

/** What a request to the service does. */
public interface Workload {

    /** What stands before the directory of an index. */
    String SEARCH = "search:";

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
     * @param name {@code heap}, {@code growing}, {@code offheap}, {@code coldcode}, or {@code search:} and the directory of a
     *     {@link SearchIndex}
     * @param liveMegabytes size of the live set
     */
    static Workload of(String name, int liveMegabytes) throws Exception {
        if (name.startsWith(SEARCH)) {
            return new SearchWorkload(Path.of(name.substring(SEARCH.length())), liveMegabytes);
        }
        return switch (name) {
            case "heap" -> new HeapWorkload(liveMegabytes, 1);
            case "growing" -> new HeapWorkload(liveMegabytes, 0.1);
            case "offheap" -> new OffHeapWorkload(liveMegabytes);
            case "coldcode" -> new ColdCodeWorkload();
            default -> throw new IllegalArgumentException("unknown workload " + name);
        };
    }
}
