// SPDX-License-Identifier: Apache-2.0

/** Machines on which locking fails, one way or another: the application must not notice, the state must be true. */
package io.memlock.it.faults;
