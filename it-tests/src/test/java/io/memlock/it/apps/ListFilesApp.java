// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.io.File;
import java.util.Arrays;

/** Answers {@code list DIRECTORY} with what is in it, for a test that cannot look there itself. */
public final class ListFilesApp {

    private ListFilesApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        CommandLoop.run((command, arguments) -> Arrays.toString(new File(arguments[0]).list()));
    }
}
