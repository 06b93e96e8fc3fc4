// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.memlock.Version;
import io.memlock.attach.AttachReply;
import io.memlock.attach.AttachReply.State;
import io.memlock.attach.AttachRequest;
import io.memlock.attach.AttachRequest.Action;
import io.memlock.attach.ReplyBoard;
import io.memlock.hotspot.JavaRelease;
import io.memlock.proc.ProcessStatus;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Asks the agent in another JVM for something, which loads it there if need be, and waits for what comes of it. */
final class Attachment {

    /** Each look at the reply is a little work for the JVM: often at first, then less. */
    private static final long FIRST_POLL_MILLIS = 50;

    private static final long LAST_POLL_MILLIS = 250;

    /** arch/x86/include/uapi/asm/signal.h and asm-generic/signal.h */
    private static final int SIGQUIT = 3;

    /** JEP 451: from this release on a JVM prints a warning. */
    private static final int WARNS_FROM = 21;

    private final Console console;
    private final ProcDirectory proc;
    private final Jvms jvms;
    private final File jar;

    /**
     * An attachment.
     *
     * @param jar the agent, at the path at which the other JVM finds it
     */
    Attachment(Console console, ProcDirectory proc, Jvms jvms, File jar) {
        this.console = console;
        this.proc = proc;
        this.jvms = jvms;
        this.jar = jar.getAbsoluteFile();
    }

    /**
     * Asks, and prints what comes of it.
     *
     * @param options for {@link Action#LOCK}, checked already
     * @return the exit status
     * @throws CommandException if it cannot be asked; then nothing has changed in it
     */
    int ask(Jvm jvm, Action action, String options) throws CommandException, InterruptedException {
        requireAttachable(jvm);
        requireJar(jvm);
        requireListening(jvm);
        VirtualMachine machine = attach(jvm);
        try {
            considerVersion(machine, jvm);
            String id = ProcessHandle.current().pid() + "-" + System.nanoTime();
            AttachRequest request = new AttachRequest(id, Version.current(), action, options);
            load(machine, jvm, request.text());
            return report(await(machine, jvm, id));
        } finally {
            detach(machine);
        }
    }

    private void requireAttachable(Jvm jvm) throws CommandException {
        if (ModuleLayer.boot().findModule("jdk.attach").isEmpty()) {
            throw new CommandException("this Java runtime, " + System.getProperty("java.home")
                    + ", has no module jdk.attach: run the command with a JDK");
        }
        long self = jvms.effectiveUid();
        if (self != 0 && self != jvm.userId()) {
            throw new CommandException("cannot attach to " + jvm.title() + ": it runs as user "
                    + jvms.userName(jvm.pid(), jvm.userId()) + "; run this command as that user or as root");
        }
        // Such a JVM answers the attach signal with a thread dump on its stdout, or dies of it.
        if (jvm.flags().isOn("DisableAttachMechanism", false)) {
            throw new CommandException("cannot attach to " + jvm.title()
                    + ": it was started with -XX:+DisableAttachMechanism. Start it with -javaagent:" + jar);
        }
        if (jvm.flags().has("-Xrs") || jvm.flags().isOn("ReduceSignalUsage", false)) {
            throw new CommandException("cannot attach to " + jvm.title()
                    + ": it was started with -Xrs, and does not hear of attaching. Start it with -javaagent:" + jar);
        }
        if (!jvm.flags().isOn("EnableDynamicAgentLoading", true)) {
            throw new CommandException("cannot attach to " + jvm.title()
                    + ": it was started with -XX:-EnableDynamicAgentLoading. Start it with -javaagent:" + jar);
        }
    }

    /** The JVM opens the jar itself, by its path; in a container the path leads elsewhere. */
    private void requireJar(Jvm jvm) throws CommandException {
        Path root = proc.of(jvm.pid()).resolve("root");
        Path seenFromHere = root.resolve(jar.getPath().substring(1));
        if (!proc.sharesNamespace(jvm.pid(), "mnt") && !Files.isReadable(seenFromHere)) {
            throw new CommandException(jvm.title() + " has files of its own (a container) and does not find " + jar
                    + ". Copy the jar to it, as with\n  cp " + jar + " " + root + "/tmp/\nand say where it is there:"
                    + " --jar /tmp/" + jar.getName());
        }
        if (proc.sharesNamespace(jvm.pid(), "mnt") && !jar.isFile()) {
            throw new CommandException("there is no file " + jar);
        }
    }

    /** The JDK asks by SIGQUIT: a process without a handler for it dies, and one that is stopped gets it when it goes on. */
    private void requireListening(Jvm jvm) throws CommandException {
        ProcessStatus status = statusNow(jvm);
        if (status.isStopped()) {
            throw new CommandException("cannot attach to " + jvm.title()
                    + ": it is stopped, by SIGSTOP or a debugger. Have it go on, as with kill -CONT " + jvm.pid());
        }
        if (!status.catches(SIGQUIT)) {
            throw new CommandException("cannot attach to " + jvm.title() + ": it does not handle SIGQUIT, by which it"
                    + " would be asked, and would die of it. It is only just starting, or was started with -Xrs");
        }
    }

    private ProcessStatus statusNow(Jvm jvm) throws CommandException {
        try {
            ProcessStatus status = proc.status(jvm.pid());
            if (proc.stat(jvm.pid()).startTicks() == jvm.startTicks()) {
                return status;
            }
        } catch (IOException e) {
            // It is gone, as where another process has its number.
        }
        throw new CommandException(jvm.title() + " ended just now");
    }

    private static VirtualMachine attach(Jvm jvm) throws CommandException {
        try {
            return VirtualMachine.attach(Long.toString(jvm.pid()));
        } catch (AttachNotSupportedException | IOException e) {
            throw new CommandException("cannot attach to " + jvm.title() + ": " + e.getMessage()
                    + "; is it stopped, or busy? Nothing is locked or unlocked");
        }
    }

    /** What can be told of the JVM's version before anything is done to it. */
    private void considerVersion(VirtualMachine machine, Jvm jvm) throws CommandException {
        String version = specificationVersion(machine, jvm);
        int feature = JavaRelease.feature(version);
        if (feature != JavaRelease.UNKNOWN && feature < JavaRelease.OLDEST_SUPPORTED) {
            throw new CommandException(jvm.title() + " runs Java " + version + ": the agent needs Java "
                    + JavaRelease.OLDEST_SUPPORTED + " or newer");
        }
        if (feature >= WARNS_FROM && !jvm.flags().mentions("EnableDynamicAgentLoading")) {
            console.err()
                    .println("note: Java " + feature + " prints four lines of warning (\"A Java agent has been"
                            + " loaded dynamically\") on the stderr of " + jvm.title()
                            + "; -XX:+EnableDynamicAgentLoading at its start prevents it");
        }
    }

    private static String specificationVersion(VirtualMachine machine, Jvm jvm) throws CommandException {
        try {
            // Of the VM's properties, because applications change the others now and then.
            return machine.getSystemProperties().getProperty("java.vm.specification.version", "");
        } catch (IOException e) {
            throw new CommandException(jvm.title() + " does not answer: " + e.getMessage());
        }
    }

    private void load(VirtualMachine machine, Jvm jvm, String request) throws CommandException {
        try {
            machine.loadAgent(jar.getPath(), request);
        } catch (AgentInitializationException e) {
            throw new CommandException(jvm.title() + " could not start the agent from " + jar + " (" + e.getMessage()
                    + "); its stderr says why");
        } catch (AgentLoadException e) {
            throw new CommandException(jvm.title() + " refuses to load " + jar + ": " + e.getMessage()
                    + ". Can its user, " + jvms.userName(jvm.pid(), jvm.userId()) + ", read that file?");
        } catch (IOException e) {
            throw new CommandException("the connection to " + jvm.title() + " broke: " + e.getMessage());
        }
    }

    private AttachReply await(VirtualMachine machine, Jvm jvm, String id)
            throws CommandException, InterruptedException {
        Thread goodbye = new Thread(() -> console.err()
                .println("\nthe JVM goes on with it by itself; \"status " + jvm.pid() + "\" tells how far it is"));
        Runtime.getRuntime().addShutdownHook(goodbye);
        try {
            boolean compared = false;
            String shown = "";
            long pollMillis = FIRST_POLL_MILLIS;
            while (true) {
                ReplyBoard board = new ReplyBoard(machine.getAgentProperties());
                if (!compared) {
                    compareVersions(board.version(), jvm);
                    compared = true;
                }
                AttachReply reply = board.reply(id);
                if (reply == null) {
                    throw new CommandException("the agent in " + jvm.title() + " did not answer; the stderr of that JVM"
                            + " may say why, and \"status " + jvm.pid() + "\" what is locked");
                }
                if (reply.state() != State.RUNNING) {
                    return reply;
                }
                if (!reply.text().equals(shown)) {
                    shown = reply.text();
                    console.err().println(shown);
                }
                TimeUnit.MILLISECONDS.sleep(pollMillis);
                pollMillis = Math.min(LAST_POLL_MILLIS, pollMillis + pollMillis / 10);
            }
        } catch (IllegalArgumentException e) {
            throw new CommandException("cannot read the answer of the agent in " + jvm.title() + ": " + e.getMessage());
        } catch (IOException e) {
            throw new CommandException(jvm.title() + " ended, or does not answer any more: " + e.getMessage());
        } finally {
            Runtime.getRuntime().removeShutdownHook(goodbye);
        }
    }

    private void compareVersions(String loaded, Jvm jvm) {
        if (loaded != null && !Version.current().equals(loaded)) {
            console.err()
                    .println("note: the agent in " + jvm.title() + " is version " + loaded + ", this is "
                            + Version.current() + "; it stays " + loaded + " until that JVM is started again");
        }
    }

    private int report(AttachReply reply) {
        if (reply.state() == State.DONE) {
            console.out().println(reply.text());
            return ExitStatus.DONE;
        }
        console.err().println(reply.text());
        return ExitStatus.FAILED;
    }

    private static void detach(VirtualMachine machine) {
        try {
            machine.detach();
        } catch (IOException e) {
            // It ended, and with it what there was to detach from.
        }
    }
}
