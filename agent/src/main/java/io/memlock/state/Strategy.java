// SPDX-License-Identifier: Apache-2.0
package io.memlock.state;

import java.util.Locale;

/** Names the ways in which new mappings come to be locked. */
public enum Strategy {
    /** Born locked: {@code MCL_FUTURE} is set. The keeper unlocks what is not selected. */
    FUTURE,
    /** Born unlocked: the keeper finds them and locks what is selected. */
    RESCAN;

    /** Returns the word of the option {@code strategy}. */
    public String optionName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
