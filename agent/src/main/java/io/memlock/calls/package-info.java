// SPDX-License-Identifier: Apache-2.0

/**
 * Calls the kernel without hurting the application: it cuts long calls into pieces bounded by time, and pauses between
 * them. It also finds out what has to be tried: what the limit is, whether a mapping is locked, and whether new
 * mappings are born locked.
 */
package io.memlock.calls;
