// SPDX-License-Identifier: Apache-2.0

/**
 * Reads what {@code /proc} and {@code /sys} say. {@code ProcFs} opens the files; the parsers take text and return records.
 * Nothing here knows Java, HotSpot or locking.
 */
package io.memlock.proc;
