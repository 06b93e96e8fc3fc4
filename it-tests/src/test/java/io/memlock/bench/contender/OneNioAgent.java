// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.contender;

import one.nio.os.Mem;

/** one-nio: its mlockall, as the first line of an application would call it. */
public final class OneNioAgent {

    private OneNioAgent() {}

    /** Locks once; the argument is mlockall's. */
    public static void premain(String flags) {
        int result = Mem.mlockall(Integer.parseInt(flags));
        if (result != 0) {
            throw new IllegalStateException("mlockall: " + result);
        }
    }
}
