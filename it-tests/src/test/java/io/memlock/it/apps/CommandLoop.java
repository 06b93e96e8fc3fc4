// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Carries out commands that come line by line on standard input: says {@code ready}, then answers each with one line
 * {@code done …}. Ends with {@code exit} or the end of the input.
 */
final class CommandLoop {

    /** Carries out one command. */
    interface Handler {

        /**
         * Does it.
         *
         * @param command its first word
         * @param arguments the others
         * @return what to answer after {@code done}
         */
        String handle(String command, String[] arguments) throws Exception;
    }

    private CommandLoop() {}

    static void run(Handler handler) throws Exception {
        say("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null && !line.equals("exit"); line = in.readLine()) {
            String[] words = line.split(" ", -1);
            String answer = handler.handle(words[0], Arrays.copyOfRange(words, 1, words.length));
            say("done " + answer);
        }
    }

    static IOException unknown(String command) {
        return new IOException("unknown command " + command);
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
