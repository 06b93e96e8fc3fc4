// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

/** How far the promise is kept. */
public enum LockState {
    /** Everything selected was locked when last looked at. */
    LOCKED,
    /** Some of what is selected is not locked, or not for long: the failure says what and why. */
    PARTIAL,
    /** Nothing is locked because nothing was asked for. */
    UNLOCKED,
    /** Nothing is locked although it was asked for. */
    FAILED
}
