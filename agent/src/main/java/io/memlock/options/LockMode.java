// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

/** How the selection was given. */
public enum LockMode {
    /** Everything but the exclusions. */
    ALL,
    /** Nothing for now. */
    NONE,
    /** The regions named. */
    REGIONS
}
