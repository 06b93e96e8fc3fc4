// SPDX-License-Identifier: Apache-2.0
package io.memlock.tracking;

/**
 * Holds what one class has allocated outside the heap and what is not freed, as estimated from samples. Numbers are
 * {@link OffHeap#UNKNOWN} where they are not sampled.
 *
 * @param name the class's, or what stands for several, in parentheses
 * @param directBuffers the number of direct buffers
 * @param directBufferBytes their bytes
 * @param segments the number of native segments
 * @param segmentBytes their bytes
 * @param samples the number of live samples that the estimates rest on
 */
public record AllocatingClass(
        String name, long directBuffers, long directBufferBytes, long segments, long segmentBytes, long samples) {}
