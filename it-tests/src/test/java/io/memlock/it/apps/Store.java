// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

/**
 * Data in files that are mapped to be read. An application for each kind is told by commands what to do: {@code write
 * MEGABYTES}, {@code open}, and {@code random N} and {@code all}, which answer with the bytes they have read.
 */
interface Store {

    /** Of one value. */
    int VALUE_BYTES = 64 << 10;

    int VALUES_IN_MEGABYTE = 16;

    /** Writes so many values. */
    void write(int values) throws Exception;

    /** Opens what was written, and maps it. */
    void open() throws Exception;

    /** Reads so many values here and there. */
    long random(int reads) throws Exception;

    /** Reads all values one after the other. */
    long all() throws Exception;

    /** Carries out the commands. */
    static void run(Store store) throws Exception {
        CommandLoop.run((command, arguments) -> store.handle(command, arguments));
    }

    private String handle(String command, String... arguments) throws Exception {
        switch (command) {
            case "write" -> write(Integer.parseInt(arguments[0]) * VALUES_IN_MEGABYTE);
            case "open" -> open();
            case "random" -> {
                return Long.toString(random(Integer.parseInt(arguments[0])));
            }
            case "all" -> {
                return Long.toString(all());
            }
            default -> throw CommandLoop.unknown(command);
        }
        return "";
    }
}
