// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

/** What the agent does at start when the promise cannot be kept. */
public enum OnFailure {
    /** Say so and let the application run. */
    WARN,
    /** Say so and end the JVM before {@code main}. */
    EXIT
}
