// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.attach.AttachRequest.Action;
import io.memlock.jvms.CommandException;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.Jvms;
import io.memlock.memory.Selection;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code unlock}: has the agent in a JVM give back what it locked. */
@Command(
        name = "unlock",
        header = "Unlock what the agent in a JVM has locked.",
        description = {
            "",
            "The agent unlocks in small pieces, so that no thread waits for long. What the application locked itself"
                    + " stays locked. The agent stays loaded; \"attach\" locks again.",
            "",
            "--all means all JVMs that run the agent. Several JVMs are unlocked one after the other.",
            "",
            "After the request is sent, Ctrl-C ends only this command: the JVM carries the request out to the end."
        },
        footer = {
            "",
            "Exit status: 0 unlocked, 1 it is not, or there is no agent in it, 2 wrong usage. Of several JVMs the"
                    + " worst counts."
        })
final class UnlockCommand implements Callable<Integer> {

    @Parameters(arity = "0..*", paramLabel = "PID", description = "JVMs.")
    private List<Long> pids = List.of();

    @Mixin
    private ChosenJvms chosen;

    @Mixin
    private final AttachClient client;

    private final Jvms jvms;

    UnlockCommand(Jvms jvms, AttachClient client) {
        this.jvms = jvms;
        this.client = client;
    }

    @Override
    public Integer call() throws CommandException, InterruptedException {
        chosen.requireSome(pids);
        ChosenJvms.Found found = chosen.findSome(jvms, pids, "JVM with the agent", Jvm::agent);
        return client.each(found, jvm -> {
            if (!jvm.agent()) {
                throw new CommandException("no memlock agent runs in " + jvm.title()
                        + "; if memory is locked there, something else locked it");
            }
            return client.ask(jvm, Action.UNLOCK, "", Selection.NOTHING);
        });
    }
}
