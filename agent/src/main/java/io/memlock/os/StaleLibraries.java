// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import java.io.File;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Removes libraries that were left behind by JVMs killed in the millisecond in which the library has a name. It removes
 * only files whose names the agent alone gives, and directories that are then empty, so links put in their place can do
 * no harm.
 */
final class StaleLibraries {

    /** How the names of our directories begin; 32 hexadecimal digits follow. */
    static final String DIRECTORY = "memlock-";

    /** How the names of our files begin; the digits and {@link #SUFFIX} follow. */
    static final String FILE = "memlock-libjnidispatch-";

    /** How the names of our files end. */
    static final String SUFFIX = ".so";

    private static final String DIGITS = "[0-9a-f]{32}";
    private static final Pattern OUR_DIRECTORY = Pattern.compile(DIRECTORY + DIGITS);
    private static final Pattern OUR_FILE = Pattern.compile(FILE + DIGITS + Pattern.quote(SUFFIX));

    /** Much longer than any start has its library lie there. */
    private static final long STALE_MILLIS = 60_000;

    private StaleLibraries() {}

    static void remove(List<String> places, long nowMillis) {
        for (String place : places) {
            for (String name : names(new File(place))) {
                File directory = new File(place, name);
                if (OUR_DIRECTORY.matcher(name).matches() && nowMillis - directory.lastModified() > STALE_MILLIS) {
                    remove(directory);
                }
            }
        }
    }

    @SuppressWarnings("ReturnValueIgnored") // it may be another user's, or not empty
    private static void remove(File directory) {
        for (String name : names(directory)) {
            if (OUR_FILE.matcher(name).matches()) {
                new File(directory, name).delete();
            }
        }
        directory.delete();
    }

    private static String[] names(File directory) {
        String[] names = directory.list();
        return names == null ? new String[0] : names;
    }
}
