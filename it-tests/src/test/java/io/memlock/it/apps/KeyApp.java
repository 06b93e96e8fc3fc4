// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import io.memlock.api.LockOptions;
import io.memlock.api.LockedMemory;
import io.memlock.api.MemoryLocks;
import java.nio.ByteBuffer;

/** The example of {@code docs/api.md}. */
public final class KeyApp {

    private KeyApp() {}

    /** Runs it. */
    public static void main(String[] args) {
        // example
        ByteBuffer key = ByteBuffer.allocateDirect(32);
        try (LockedMemory lock = MemoryLocks.lock(key, LockOptions.POPULATED.withoutCoreDump())) {
            System.out.println("asked for " + lock.requested());
            System.out.println("locked    " + lock.pages() + ", " + lock.lockedBytes() + " bytes in RAM");
            // ... use the key, then wipe it
        }
        // end
    }
}
