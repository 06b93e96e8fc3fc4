// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench;

import java.util.Map;

/**
 * What one run of one contender measured.
 *
 * @param suite as {@code pressure}
 * @param caseName as {@code heap fixed, JDK 17.0.15}
 * @param contender as {@code mode=all}
 * @param round runs of one round were interleaved
 * @param values by name, the unit in the name
 */
public record Sample(String suite, String caseName, String contender, int round, Map<String, Double> values) {}
