// SPDX-License-Identifier: Apache-2.0
package io.memlock.state;

/** Names the states of {@code prefault}. */
public enum PrefaultState {
    /** It was not asked for, or nothing is locked. */
    NONE,

    /** Memory is being populated. */
    POPULATING,

    /**
     * What was committed has been populated, and of a heap that grows the reserve ahead of its use: not where one page fault
     * populates a huge page anyway.
     */
    DONE,

    /** Memory stays unpopulated, because there is too little room or because this JVM or kernel does not allow it. */
    STOPPED
}
