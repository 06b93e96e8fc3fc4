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

    private static final String AGAIN = ", again";

    /** The same once more under another name. How far the two are apart is what a machine does to a figure by chance. */
    public Contender again() {
        return new Contender(nameAgain(name), flags);
    }

    /** The name of {@link #again}. */
    public static String nameAgain(String name) {
        return name + AGAIN;
    }
}
