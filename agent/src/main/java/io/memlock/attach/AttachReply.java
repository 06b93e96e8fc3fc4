// SPDX-License-Identifier: Apache-2.0
package io.memlock.attach;

/**
 * Holds the agent's answer to a request so far.
 *
 * @param state whether more will come
 * @param text for people; may have several lines
 */
public record AttachReply(State state, String text) {

    /** Tells whether more will follow. */
    public enum State {
        /** It is being worked on; the text says how far it is, or is "". */
        RUNNING,
        /** It is done, and all is as it was asked for. */
        DONE,
        /** It is over, and not all is as it was asked for. */
        FAILED
    }

    /** Returns the text that is stored. */
    String encode() {
        return state.name() + ' ' + text;
    }

    /**
     * Reads what was stored.
     *
     * @throws IllegalArgumentException if it was not stored by {@link #encode}
     */
    static AttachReply decode(String stored) {
        int blank = stored.indexOf(' ');
        if (blank < 0) {
            throw new IllegalArgumentException("not a reply: " + stored);
        }
        return new AttachReply(State.valueOf(stored.substring(0, blank)), stored.substring(blank + 1));
    }
}
