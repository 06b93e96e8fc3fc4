// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench;

import io.memlock.bench.report.Page;
import java.util.List;

/** A group of measurements that share one table. */
public interface Suite {

    /** As in {@code -Dbench.only}. */
    String name();

    /** Measures. What cannot be measured here is noted in the samples, with the reason. */
    void run(Plan plan, Samples samples) throws Exception;

    /** Writes what a reader should see first. Most suites have nothing of that kind. */
    default void reportInShort(Samples samples, Page page) {}

    /** What its figures should be. */
    default List<Target> targets(Samples samples) {
        return List.of();
    }

    /** Writes its part of the report. */
    void report(Samples samples, Page page);
}
