// SPDX-License-Identifier: Apache-2.0
package io.memlock.log;

/** Tells how much is printed at the moment: a {@link LogLevel} never changes, the options may. */
public interface Verbosity {

    /** Returns the level of this moment. */
    LogLevel level();
}
