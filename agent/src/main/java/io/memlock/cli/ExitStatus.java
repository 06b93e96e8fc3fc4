// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

/** Names the exit statuses of a command. picocli returns 2 for wrong usage; {@code check} has statuses of its own. */
final class ExitStatus {

    /** The command is done, or its answer is yes. */
    static final int DONE = 0;

    /** The answer is no, or the command could not be done. */
    static final int FAILED = 1;

    private ExitStatus() {}
}
