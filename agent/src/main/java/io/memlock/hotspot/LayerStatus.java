// SPDX-License-Identifier: Apache-2.0
package io.memlock.hotspot;

/**
 * Tells whether one source of knowledge answered.
 *
 * @param layer for example {@code VM structures}
 * @param ranges how many ranges it gave
 * @param problem why it gave none, or not all; "" if nothing is missing
 */
public record LayerStatus(String layer, int ranges, String problem) {

    /** Returns the layer, how many ranges it knows and what is wrong, as a line for people. */
    @Override
    public String toString() {
        return layer + ": " + ranges + " ranges" + (problem.isEmpty() ? "" : "; " + problem);
    }
}
