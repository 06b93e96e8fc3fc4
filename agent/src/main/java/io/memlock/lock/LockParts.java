// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.advice.Place;
import io.memlock.os.LibC;

/** What a {@link MemoryLock} works with. */
interface LockParts {

    /** The C library. */
    LibC libc();

    /** Compares and repairs. */
    Reconciler reconciler();

    /** The calls on ranges. */
    GentleCalls calls();

    /** What the application locked itself. */
    ApplicationLocks applicationLocks();

    /** Tells whether new mappings are born locked. */
    FutureProbe futureProbe();

    /** Brings pages into RAM. */
    Residency residency();

    /** What is charged against the limit, by anybody: VmLck. */
    long chargedBytes();

    /** Where the process runs: for messages, found out when first asked. */
    Place place();
}
