// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

/** Names what the agent does at start when the memory cannot be locked and kept locked. */
public enum OnFailure {
    /** Say so and let the application run. */
    WARN,
    /** Say so and end the JVM before {@code main}. */
    EXIT
}
