// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvmstat;

import io.memlock.manners.RetryPause;

/**
 * Opens performance counters of this JVM when they are first needed. A JVM that does not have them never will; where there
 * was no memory to open them, that is tried again.
 *
 * @param <T> reads or writes them
 */
public abstract class OpenedCounters<T> {

    private final RetryPause pause = new RetryPause();
    private T opened;
    private boolean isDecided;

    /** Opens them. */
    protected abstract T open() throws ReflectiveOperationException;

    /** Is told, at most once, why there are none. */
    protected void failed(Throwable failure) {}

    /** Returns what was opened; null where there are none, and while there is no memory for them. */
    public final T get() {
        return isDecided ? opened : get(System.nanoTime());
    }

    final T get(long nowNanos) {
        if (isDecided || !pause.isOver(nowNanos)) {
            return opened;
        }
        try {
            opened = open();
            isDecided = true;
        } catch (ReflectiveOperationException | RuntimeException | Error e) {
            isDecided = !RetryPause.isWorthwhileAfter(e);
            if (isDecided) {
                failed(e);
            } else {
                pause.begin(nowNanos);
            }
        }
        return opened;
    }
}
