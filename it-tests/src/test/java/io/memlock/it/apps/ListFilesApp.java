// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.io.File;
import java.util.Arrays;

/** Prints what is in the directories named as arguments, for a test that cannot look into them itself. */
public final class ListFilesApp {

    private ListFilesApp() {}

    /** Runs it. */
    public static void main(String[] args) {
        for (String directory : args) {
            String[] names = new File(directory).list();
            if (names != null) {
                Arrays.sort(names);
            }
            System.out.println(directory + " " + Arrays.toString(names));
        }
    }
}
