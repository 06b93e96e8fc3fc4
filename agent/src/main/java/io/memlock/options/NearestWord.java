// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import java.util.List;
import java.util.Locale;

/** Finds the word a user probably meant. */
final class NearestWord {

    /** No word that is accepted is nearly as long. */
    private static final int LONGEST = 40;

    private NearestWord() {}

    /**
     * Returns the nearest of some words. Blanks around a word and upper case count for nothing, and two letters that are
     * swapped are one mistake.
     *
     * @return null if none is near: more than a third of its letters, or more than two, would have to change
     */
    static String to(String found, List<String> words) {
        if (found.length() > LONGEST) {
            return null;
        }
        String meant = found.strip().toLowerCase(Locale.ROOT);
        String nearest = null;
        int least = Integer.MAX_VALUE;
        for (String word : words) {
            int distance = distance(meant, word);
            if (distance < least) {
                least = distance;
                nearest = word;
            }
        }
        boolean near = nearest != null && least <= Math.max(1, Math.min(2, nearest.length() / 3));
        return near ? nearest : null;
    }

    /** Optimal string alignment: Levenshtein's distance, and neighbours may be swapped. */
    private static int distance(String a, String b) {
        int[][] rows = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    rows[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                rows[i][j] = Math.min(rows[i - 1][j - 1] + change, Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
                }
            }
        }
        return rows[a.length()][b.length()];
    }
}
