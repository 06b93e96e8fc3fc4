// SPDX-License-Identifier: Apache-2.0
package io.memlock.files;

/**
 * Thrown when a text is not what the kernel prints for that file. Parsers throw no other exception, whatever their
 * input. The message names the file, the line and what was expected in it.
 */
public final class ProcFormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int SHOWN = 160;

    /**
     * Says what is wrong and where.
     *
     * @param file a path where a file was read, the kind of file ({@code maps}) where text was given
     * @param lineNumber the first line is 1; 0 if there was none
     */
    ProcFormatException(String file, int lineNumber, String line, int column, String expected) {
        super(file + ", line " + lineNumber + ", column " + (column + 1) + ": expected " + expected + " in '"
                + shortened(line) + "'");
    }

    private static String shortened(String line) {
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
    }
}
