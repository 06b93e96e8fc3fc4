// SPDX-License-Identifier: Apache-2.0

/**
 * How to call the kernel without hurting: long calls in pieces that are bounded by time, pauses, and what has to be found
 * out by trying: what the limit is, whether a mapping is locked, whether new ones are born so.
 */
package io.memlock.calls;
