// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

/** The exit statuses of a command; picocli answers 2 where the command line is not understood, {@code check} its own. */
final class ExitStatus {

    /** The command is done, or its answer is yes. */
    static final int DONE = 0;

    /** The answer is no, or the command could not be done. */
    static final int FAILED = 1;

    private ExitStatus() {}
}
