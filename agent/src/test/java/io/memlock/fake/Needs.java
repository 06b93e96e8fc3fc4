// SPDX-License-Identifier: Apache-2.0
package io.memlock.fake;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** What a test needs of the machine. */
public final class Needs {

    private Needs() {}

    /**
     * Skips the test and says why, where the machine cannot run it. On CI it fails instead: a test that did not run proves
     * nothing.
     *
     * @param condition what the machine must be able to do
     * @param need what the test needs, as "needs a locale that knows all characters"
     */
    public static void require(boolean condition, String need) {
        if (!condition && "true".equals(System.getenv("CI"))) {
            Assertions.fail("not skipped, because CI=true: " + need);
        }
        Assumptions.assumeTrue(condition, need);
    }
}
