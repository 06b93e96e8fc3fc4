// SPDX-License-Identifier: Apache-2.0

/**
 * Brings into RAM what is locked and not there yet: {@code prefault} before {@code main}, and what an attach finds in swap.
 */
package io.memlock.residency;
