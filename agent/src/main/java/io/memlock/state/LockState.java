// SPDX-License-Identifier: Apache-2.0
package io.memlock.state;

/** Names the states of the lock. */
public enum LockState {
    /** Everything selected was locked when last looked at. */
    LOCKED(0),
    /** Some of what is selected is not locked, or not for long: the failure says what and why. */
    PARTIAL(1),
    /** Nothing is locked because nothing was asked for. */
    UNLOCKED(4),
    /** Nothing is locked although it was asked for. */
    FAILED(2),
    /** Nobody has been able to look for longer than a few intervals: what was found then may not hold any more. */
    UNKNOWN(3);

    private final int code;

    LockState(int code) {
        this.code = code;
    }

    /** Returns the number that monitoring compares: 0 is well, 1 to 3 are what checks call warning, critical and unknown. */
    public int code() {
        return code;
    }

    /** Returns whether some of what was asked for is known to be locked. */
    public boolean locksSomething() {
        return this == LOCKED || this == PARTIAL;
    }

    /**
     * Returns the state a number stands for.
     *
     * @return null if it stands for none
     */
    public static LockState ofCode(long code) {
        for (LockState state : values()) {
            if (state.code == code) {
                return state;
            }
        }
        return null;
    }
}
