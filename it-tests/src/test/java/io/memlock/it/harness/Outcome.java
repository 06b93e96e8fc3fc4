// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.util.ArrayList;
import java.util.List;

/**
 * What a process left when it ended.
 *
 * @param exitStatus as the shell's {@code $?}: 128 + signal if one ended it
 * @param stdout all it wrote to standard output
 * @param stderr all it wrote to standard error
 */
public record Outcome(int exitStatus, String stdout, String stderr) {

    /**
     * Checks that its exit status is 0.
     *
     * @return itself
     * @throws AssertionError with what it wrote, if it is not
     */
    public Outcome succeeded() {
        if (exitStatus != 0) {
            throw new AssertionError(this);
        }
        return this;
    }

    /** The agent's messages without the one that a JVM which lives long enough writes as it ends. */
    public List<String> agentMessagesBeforeTheEnd() {
        return agentMessages().stream()
                .filter(message -> !message.contains("the JVM ends: "))
                .toList();
    }

    /** The agent's messages on standard error, from {@code [memlock]} on, each with its indented lines. */
    public List<String> agentMessages() {
        List<String> messages = new ArrayList<>();
        boolean open = false;
        for (String line : stderr.lines().toList()) {
            AgentLine first = AgentLine.of(line);
            if (first != null) {
                messages.add(first.text());
                open = true;
            } else if (open && line.startsWith(" ")) {
                messages.set(messages.size() - 1, messages.get(messages.size() - 1) + "\n" + line);
            } else {
                open = false;
            }
        }
        return messages;
    }

    /** The lines of standard error that are not the agent's. */
    public List<String> otherErrorLines() {
        List<String> lines = new ArrayList<>();
        boolean agent = false;
        for (String line : stderr.lines().toList()) {
            agent = AgentLine.of(line) != null || (agent && line.startsWith(" "));
            if (!agent) {
                lines.add(line);
            }
        }
        return lines;
    }

    @Override
    public String toString() {
        return "exit status " + exitStatus + "\n--- stdout\n" + stdout + "--- stderr\n" + stderr + "---";
    }
}
