// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.os.LibC;
import io.memlock.proc.ProcFs;
import java.io.File;

/** Priority boosts for tests. */
final class PriorityBoosts {

    private PriorityBoosts() {}

    /** Of a process that is not told what it may, and does not try. */
    static PriorityBoost refused(LibC libc) {
        return new PriorityBoost(libc, new ProcFs(new File("/nowhere"), new File("/nowhere")));
    }
}
