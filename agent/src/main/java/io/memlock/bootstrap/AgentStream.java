// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Passes each request that is written to this stream to the agent. One write is one request: a letter and the options.
 */
final class AgentStream extends OutputStream {

    private static final byte START_AGAIN = 's';
    private static final byte ATTACH = 'a';
    private static final byte RANGE_LOCKS = 'r';

    private final Agent agent;

    private AgentStream(Agent agent) {
        this.agent = agent;
    }

    /** Opens a stream to an agent. The agent itself cannot be had from the result. */
    static PrintStream to(Agent agent) {
        return new PrintStream(new AgentStream(agent));
    }

    /**
     * Asks the agent at the other end, on this thread.
     *
     * @param stream as {@link #to} returned it
     * @param options of the request, or null
     * @param atStart whether {@code -javaagent} asks, not somebody who attached
     */
    static void write(PrintStream stream, String options, boolean atStart) {
        byte[] text = options == null ? new byte[0] : options.getBytes(StandardCharsets.UTF_8);
        byte[] request = new byte[1 + text.length];
        request[0] = atStart ? START_AGAIN : ATTACH;
        System.arraycopy(text, 0, request, 1, text.length);
        stream.write(request, 0, request.length);
    }

    /** Asks the agent at the other end to publish its locks of ranges to {@link RangeLocks}. */
    static void askForRangeLocks(PrintStream stream) {
        stream.write(new byte[] {RANGE_LOCKS}, 0, 1);
    }

    @Override
    public void write(int ignored) {
        // No request is that short.
    }

    @Override
    public void write(byte[] request, int offset, int length) {
        if (request[offset] == RANGE_LOCKS) {
            RangeLocks.publish(agent.rangeLocks());
            return;
        }
        String options = new String(request, offset + 1, length - 1, StandardCharsets.UTF_8);
        if (request[offset] == ATTACH) {
            agent.attach(options);
        } else {
            agent.startAgain(options);
        }
    }
}
