// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

/** Prints its arguments and ends with the exit status given as the first. */
public final class HelloApp {

    private HelloApp() {}

    /** Runs it. */
    public static void main(String[] args) {
        System.out.println("hello " + String.join(" ", args));
        System.exit(args.length == 0 ? 0 : Integer.parseInt(args[0]));
    }
}
