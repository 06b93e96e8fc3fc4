// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

/** Names the strategies that can be asked for: how new mappings are to be locked. */
public enum StrategyChoice {
    /** {@code FUTURE} where CAP_IPC_LOCK makes locking unlimited and that is safe, otherwise {@code RESCAN}. */
    AUTO,
    /** Born locked; refused under a finite limit. */
    FUTURE,
    /** Born unlocked, locked by the keeper. */
    RESCAN
}
