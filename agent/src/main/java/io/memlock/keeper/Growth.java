// SPDX-License-Identifier: Apache-2.0
package io.memlock.keeper;

/** Tells whether the JVM has got memory since somebody last asked. */
public enum Growth {
    /** No sign of it. */
    NONE,
    /** After a garbage collection, or because more or less of anything is mapped. */
    POSSIBLE,
    /** The committed size of heap or metaspace has changed. */
    CERTAIN;

    /** Tells of growth. Asked several times a second, by one thread. */
    public interface Source {

        /**
         * Looks for growth.
         *
         * @return what has happened since the last call
         */
        Growth look();
    }
}
