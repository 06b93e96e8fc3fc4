// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.contender;

/** What being a Java agent costs by itself. */
public final class EmptyAgent {

    private EmptyAgent() {}

    /** Does nothing. */
    public static void premain(String arguments) {}
}
