// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

/** How a command ends. */
final class ExitStatus {

    /** Done; the answer is yes. */
    static final int DONE = 0;

    /** The answer is no, or it could not be done. */
    static final int FAILED = 1;

    /** The command line is not understood. */
    static final int USAGE = 2;

    private ExitStatus() {}
}
