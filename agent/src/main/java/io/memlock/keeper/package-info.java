// SPDX-License-Identifier: Apache-2.0

/** Keeps the lock while the application runs, on two threads of its own, and answers what JMX and an attach ask. */
package io.memlock.keeper;
