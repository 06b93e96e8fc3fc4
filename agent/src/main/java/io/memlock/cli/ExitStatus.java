// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

/** The exit statuses of a command. */
final class ExitStatus {

    /** The command is done, or its answer is yes. */
    static final int DONE = 0;

    /** The answer is no, or the command could not be done. */
    static final int FAILED = 1;

    /** The command line is not understood. */
    static final int USAGE = 2;

    private ExitStatus() {}
}
