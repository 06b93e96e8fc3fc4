// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.contender;

import net.openhft.posix.MclFlag;
import net.openhft.posix.PosixAPI;

/** OpenHFT Posix: its mlockall, as the first line of an application would call it. */
public final class OpenHftAgent {

    private OpenHftAgent() {}

    /** Locks once; the argument is the name of a {@link MclFlag}. */
    public static void premain(String flag) {
        PosixAPI.posix().mlockall(MclFlag.valueOf(flag));
    }
}
