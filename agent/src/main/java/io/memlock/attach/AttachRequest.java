// SPDX-License-Identifier: Apache-2.0
package io.memlock.attach;

/**
 * Holds what the command line asks of the agent in another JVM.
 *
 * @param id names the reply; any text without blanks
 * @param action what to do
 * @param options for {@link Action#LOCK}, as the agent takes them; otherwise ""
 */
public record AttachRequest(String id, Action action, String options) {

    /** The beginning of a request, of this version and of others. No option starts so. */
    private static final String FIRST = "@";

    /** The beginning of a request as this version makes it. */
    private static final String MARK = "@memlock-1";

    /** The beginning of the mark in every version, which the id follows in every version. */
    private static final String ANY_MARK = "@memlock-";

    private static final int WORDS = 5;

    /** The actions that can be asked for. */
    public enum Action {
        /** Lock as the options say, from now on. */
        LOCK,
        /** Give back what the agent locked. */
        UNLOCK
    }

    /**
     * Tells a request from options given by hand, as with {@code jcmd PID JVMTI.agent_load}.
     *
     * @param text the agent's options text, or null
     */
    public static boolean isRequest(String text) {
        return text != null && text.startsWith(FIRST);
    }

    /**
     * Returns the id to answer to, also if the request is one of a version to come.
     *
     * @param text for which {@link #parse} threw an exception
     * @return null if the text tells no id
     */
    public static String idIn(String text) {
        String[] words = text.split(" ", WORDS);
        return words[0].startsWith(ANY_MARK) && words.length > 1 ? words[1] : null;
    }

    /** Returns the text that is handed to the agent, with the version of whoever asks. */
    public String text() {
        return MARK + ' ' + id + ' ' + Version.current() + ' ' + action.name() + ' ' + options;
    }

    /**
     * Reads what the agent was handed.
     *
     * @param text of which {@link #isRequest} is true
     * @throws IllegalArgumentException if it is a request this version does not know
     */
    public static AttachRequest parse(String text) {
        String[] words = text.split(" ", WORDS);
        if (words.length < WORDS || !words[0].equals(MARK)) {
            throw new IllegalArgumentException("it does not understand this request: " + text);
        }
        return new AttachRequest(words[1], Action.valueOf(words[3]), words[4]);
    }
}
