// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.attach.AttachRequest.Action;
import io.memlock.jvms.CommandException;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.ProcDirectory;
import io.memlock.os.LibC;
import io.memlock.output.Console;
import java.io.File;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code unlock}: has the agent in a JVM give back what it locked. */
@Command(
        name = "unlock",
        header = "Have the agent in a JVM unlock what it locked.",
        description = {
            "",
            "The agent unlocks in small pieces, so that nobody in the JVM waits for long. What the application locked itself stays locked."
                    + " The agent stays loaded; \"attach\" locks again.",
            "",
            "With --all, the JVMs that run the agent are meant. Several are unlocked one after the other.",
            "",
            "Once the request is made, Ctrl-C ends only this command: the JVM carries the request out to the end."
        },
        footer = {
            "",
            "Exit status: 0 unlocked, 1 it is not, or there is no agent in it, 2 usage. Of several JVMs the worst counts."
        })
final class UnlockCommand implements Callable<Integer> {

    @Parameters(arity = "0..*", paramLabel = "PID", description = "JVMs.")
    private List<Long> pids = List.of();

    @Mixin
    private ChosenJvms chosen;

    @Option(
            names = "--jar",
            paramLabel = "PATH",
            description = "This jar, as the JVM finds it, if it is in a container with other files.")
    private File jarThere;

    private final Console console;
    private final Jvms jvms;
    private final ProcDirectory proc;
    private final File jar;
    private final LibC libc;

    UnlockCommand(Console console, ProcDirectory proc, Jvms jvms, File jar, LibC libc) {
        this.console = console;
        this.proc = proc;
        this.jvms = jvms;
        this.jar = jar;
        this.libc = libc;
    }

    @Override
    public Integer call() throws CommandException, InterruptedException {
        chosen.requireSome(pids);
        ChosenJvms.Found found = chosen.find(jvms, pids, Jvm::agent);
        if (found.processes().isEmpty()) {
            throw new CommandException(chosen.none("JVM with the agent"));
        }
        boolean isOneOfMany = found.processes().size() > 1;
        Attachment attachment =
                new Attachment(console, proc, jvms, libc, jarThere == null ? jar : jarThere, isOneOfMany);
        return ChosenJvms.each(found, console, jvm -> {
            if (!jvm.agent()) {
                throw new CommandException("no memlock agent runs in " + jvm.title()
                        + ": what is locked there, if anything is, was locked by something else");
            }
            return attachment.ask(jvm, Action.UNLOCK, "", false);
        });
    }
}
