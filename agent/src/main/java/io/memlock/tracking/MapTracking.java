// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

import io.memlock.log.Log;
import io.memlock.manners.RetryPause;
import io.memlock.memory.Region;
import io.memlock.os.LibC;
import java.lang.instrument.Instrumentation;

/**
 * Keeps files unlocked that should not be locked, although new mappings are born locked: each is unlocked before the
 * application gets the address of its mapping. The keeper unlocks what native code maps.
 *
 * <p>For one thread.
 */
public final class MapTracking {

    private final Instrumentation instrumentation;
    private final UnwantedLocks unwanted;
    private final LibC libc;
    private final boolean isFiltered;
    private final Log log;
    private final RetryPause pause = new RetryPause();
    private boolean isDecided;

    /**
     * Creates a tracking that does nothing until {@link #look}.
     *
     * @param unwanted which mappings must not stay locked
     * @param isFiltered whether a seccomp filter may end the process for a call that can be left out
     */
    public MapTracking(
            Instrumentation instrumentation, UnwantedLocks unwanted, LibC libc, boolean isFiltered, Log log) {
        this.instrumentation = instrumentation;
        this.unwanted = unwanted;
        this.libc = libc;
        this.isFiltered = isFiltered;
        this.log = log;
    }

    /**
     * Begins to see mappings as soon as there may be some to unlock. Until then, and where it fails, the keeper finds them. It
     * is tried again only where memory was lacking.
     */
    public void look() {
        if (!isDecided) {
            look(System.nanoTime());
        }
    }

    /** Returns whether {@link #look} would do something. */
    public boolean isDue() {
        return isDue(System.nanoTime());
    }

    private boolean isDue(long now) {
        return !isDecided
                && pause.isOver(now)
                && (unwanted.isBornUnwanted(Region.MAPPED) || unwanted.isBornUnwanted(Region.SHM));
    }

    void look(long begin) {
        if (!isDue(begin)) {
            return;
        }
        Unlocker unlocker = new Unlocker(libc, unwanted, isFiltered);
        try {
            unlocker.rehearse();
            String where = new MapHook(instrumentation).install(unlocker);
            isDecided = true;
            log.debug("mapped files are unlocked at once by a hook in " + where + ": took "
                    + (System.nanoTime() - begin) / 1_000_000 + " ms");
        } catch (ReflectiveOperationException | RuntimeException | Error e) {
            isDecided |= !RetryPause.isWorthwhileAfter(e);
            pause.begin(begin);
            log.debug("mapped files are unlocked later, by the keeper: " + e);
        }
    }
}
