// SPDX-License-Identifier: Apache-2.0

/** What is known of a lock: its state, how old that is, and why it is not as asked. Published as it is decided in lock. */
package io.memlock.state;
