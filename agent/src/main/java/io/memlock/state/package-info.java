// SPDX-License-Identifier: Apache-2.0

/**
 * Holds what is known of a lock: its state, how old that is, and why it is not as asked. The package {@code lock}
 * decides it.
 */
package io.memlock.state;
