// SPDX-License-Identifier: Apache-2.0
package io.memlock.log;

/** How much is printed at the moment: always the same, as with a {@link LogLevel}, or as the options say. */
public interface Verbosity {

    /** The level of this moment. */
    LogLevel level();
}
