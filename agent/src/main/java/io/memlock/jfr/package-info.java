// SPDX-License-Identifier: Apache-2.0

/** Records the lock in Java Flight Recorder. Nothing here is loaded before something is recorded. */
package io.memlock.jfr;
