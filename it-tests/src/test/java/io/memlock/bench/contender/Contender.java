// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.contender;

import java.util.List;

/**
 * A way to lock a JVM's memory, or not to.
 *
 * @param name in the report
 * @param flags of the JVM
 */
public record Contender(String name, List<String> flags) {

    /** Where to find the baseline. */
    public static final String NO_AGENT = "no agent";
}
