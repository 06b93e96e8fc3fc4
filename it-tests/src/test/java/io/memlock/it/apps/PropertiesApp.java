// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.util.TreeMap;

/** Prints the system properties, at the start of {@code main} and again whenever it is told {@code print}. */
public final class PropertiesApp {

    private PropertiesApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        print();
        CommandLoop.run((command, arguments) -> {
            print();
            return command;
        });
    }

    private static void print() {
        new TreeMap<>(System.getProperties())
                .forEach((name, value) -> System.out.println(name + "=" + escape(value.toString())));
    }

    private static String escape(String value) {
        return value.replace("\n", "\\n");
    }
}
