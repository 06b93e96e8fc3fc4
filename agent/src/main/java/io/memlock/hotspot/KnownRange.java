// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

import io.memlock.memory.AddressRange;
import io.memlock.memory.Evidence;
import io.memlock.memory.Region;

/**
 * Holds a range of addresses that belongs to a region, whatever is mapped there: reservations count as a whole.
 *
 * @param start first address
 * @param end address after the last byte
 * @param region what they are for
 * @param evidence how we know
 */
record KnownRange(long start, long end, Region region, Evidence evidence) implements AddressRange {}
