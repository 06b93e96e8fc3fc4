// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.attach.AttachRequest.Action;
import io.memlock.jvms.CommandException;
import io.memlock.jvms.Jvms;
import io.memlock.options.AgentOptions;
import io.memlock.options.OnFailure;
import io.memlock.options.OptionException;
import io.memlock.options.OptionSources;
import io.memlock.output.Console;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code attach}: loads the agent into a JVM that runs, or gives new options to the one that is there. */
@Command(
        name = "attach",
        header = "Lock the memory of a running JVM, or change what is locked.",
        description = {
            "",
            "Loads the agent into the JVM. The agent locks its memory in small pieces, so that no thread waits for"
                    + " long. If the agent is there already, it gets the new options. The result is printed here;"
                    + " the agent's messages go to the JVM's stderr, and nothing goes to its stdout.",
            "",
            "Several JVMs are locked one after the other.",
            "",
            "After the request is sent, Ctrl-C ends only this command: the JVM carries the request out to the end.",
            "",
            "This command never ends the JVM: on-failure=exit counts at start only."
        },
        footer = {
            "",
            "Examples:",
            "  memlock attach 4242                      lock all of it",
            "  memlock attach 4242 mode=heap+code       lock the heap and the code cache only",
            "  memlock attach --name=app.jar            each JVM that \"status\" shows by this name",
            "",
            "Exit status: 0 everything is locked as asked, 1 it is not, 2 wrong usage. Of several JVMs the worst"
                    + " counts."
        })
final class AttachCommand implements Callable<Integer> {

    @Parameters(
            arity = "0..*",
            paramLabel = "PID|key=value",
            description = "JVMs, and options as for -javaagent, joined by commas or blanks (default: mode=all).")
    private List<String> words = List.of();

    @Mixin
    private ChosenJvms chosen;

    @Mixin
    private final AttachClient client;

    private final Console console;
    private final Jvms jvms;

    AttachCommand(Console console, Jvms jvms, AttachClient client) {
        this.console = console;
        this.jvms = jvms;
        this.client = client;
    }

    @Override
    public Integer call() throws CommandException, OptionException, InterruptedException {
        List<Long> pids = ChosenJvms.pids(words);
        AgentOptions parsed =
                OptionSources.read(ChosenJvms.options(words), null).options();
        chosen.requireSome(pids);
        if (parsed.onFailure() == OnFailure.EXIT) {
            console.err()
                    .println(
                            "note: on-failure=exit counts at start only; this JVM goes on even if it cannot be locked");
        }
        ChosenJvms.Found found = chosen.findSome(jvms, pids, "JVM", jvm -> true);
        return client.each(found, jvm -> client.ask(jvm, Action.LOCK, parsed.text(), parsed.selection()));
    }
}
