// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import java.util.List;

/** Finds the word a user probably meant. */
final class NearestWord {

    private NearestWord() {}

    /**
     * The nearest of some words, by edit distance.
     *
     * @return null if none is near: more than a third of its letters, or more than two, would have to change
     */
    static String to(String found, List<String> words) {
        String nearest = null;
        int least = Integer.MAX_VALUE;
        for (String word : words) {
            int distance = distance(found, word);
            if (distance < least) {
                least = distance;
                nearest = word;
            }
        }
        boolean near = nearest != null && least <= Math.max(1, Math.min(2, nearest.length() / 3));
        return near ? nearest : null;
    }

    /** Levenshtein distance, by the usual two rows. */
    private static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(above[j - 1] + change, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
