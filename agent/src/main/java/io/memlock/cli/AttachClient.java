// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.advice.ShellWord;
import io.memlock.attach.AttachReply;
import io.memlock.attach.AttachReply.State;
import io.memlock.attach.AttachRequest;
import io.memlock.attach.AttachRequest.Action;
import io.memlock.attach.Replies;
import io.memlock.attach.Version;
import io.memlock.doctor.Attachability;
import io.memlock.hotspot.JavaRelease;
import io.memlock.hotspot.MetaspaceRoom;
import io.memlock.jvms.AttachedJvm;
import io.memlock.jvms.CommandException;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.ProcDirectory;
import io.memlock.jvms.PublishedLock;
import io.memlock.jvms.TimeLimit;
import io.memlock.log.PlainText;
import io.memlock.memory.Bytes;
import io.memlock.memory.Selection;
import io.memlock.os.LibC;
import io.memlock.os.NativeAccess;
import io.memlock.os.NativeUnavailableException;
import io.memlock.output.Console;
import io.memlock.state.LockFailure;
import java.io.File;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/**
 * Sends a request to the agent in other JVMs, loads the agent there if needed, and waits for the result. Has the
 * options that {@code attach} and {@code unlock} share.
 */
final class AttachClient {

    /** The command looks often at first, then less: each look at the reply is a little work for the JVM. */
    private static final long FIRST_POLL_MILLIS = 50;

    private static final long LAST_POLL_MILLIS = 250;

    /** What the classes of the agent and of what it uses of the JDK take in metaspace. */
    private static final long AGENT_BYTES = 4 << 20;

    /** JEP 451: from this release on a JVM prints a warning. */
    private static final int WARNS_FROM = 21;

    private final Console console;
    private final ProcDirectory proc;
    private final Jvms jvms;
    private final LibC libc;
    private final File ownJar;

    @Option(
            names = "--jar",
            paramLabel = "PATH",
            description = "Path of this jar inside the JVM's container, if that has other files.")
    private File jarThere;

    /** Whether each line has to say which JVM it is about. */
    private boolean isOneOfMany;

    /**
     * Prepares to attach.
     *
     * @param libc null if nobody has opened it
     */
    AttachClient(Console console, ProcDirectory proc, Jvms jvms, LibC libc, File jar) {
        this.console = console;
        this.proc = proc;
        this.jvms = jvms;
        this.libc = libc;
        this.ownJar = jar;
    }

    /** Asks one JVM after the other, as {@link ChosenJvms#each}. */
    int each(ChosenJvms.Found found, ChosenJvms.Action action) throws InterruptedException {
        isOneOfMany = found.processes().size() > 1;
        return ChosenJvms.each(found, console, action);
    }

    /**
     * Asks, and prints what comes of it.
     *
     * @param options for {@link Action#LOCK}, already checked
     * @param selection what should be locked after success
     * @return the exit status
     * @throws CommandException if it cannot be asked; then nothing has changed in it
     */
    int ask(Jvm jvm, Action action, String options, Selection selection) throws CommandException, InterruptedException {
        requireItsUser(jvm);
        TimeLimit.glance(jvm, () -> {
            requireJar(jvm);
            requireNoObstacle(jvm);
            return null;
        });
        try (AttachedJvm attached = AttachedJvm.attach(opened(), proc, jvm)) {
            requireMetaspace(attached, jvm);
            considerVersion(attached, jvm);
            String id = ProcessHandle.current().pid() + "-" + System.nanoTime();
            AttachRequest request = new AttachRequest(id, action, options);
            attached.load(jar(), request.text(), jvms.userName(jvm.pid(), jvm.userId()));
            AttachReply reply = await(attached, jvm, id);
            return new ReplyPrinter(console, proc, jvms, jvm, lead(jvm)).print(reply, selection);
        }
    }

    private LibC opened() throws CommandException {
        try {
            return libc == null ? NativeAccess.open(null) : libc;
        } catch (NativeUnavailableException e) {
            throw new CommandException("this command cannot attach: " + e.getMessage());
        }
    }

    /** Returns the beginning of a line about a JVM. */
    private String lead(Jvm jvm) {
        return isOneOfMany ? jvm.title() + ": " : "";
    }

    private void requireItsUser(Jvm jvm) throws CommandException {
        long self = jvms.effectiveUid();
        if (self != 0 && self != jvm.userId()) {
            throw new CommandException("cannot attach to " + jvm.title() + ": it runs as user "
                    + jvms.userName(jvm.pid(), jvm.userId()) + "; run this command as that user or as root");
        }
    }

    private File jar() {
        return (jarThere == null ? ownJar : jarThere).getAbsoluteFile();
    }

    /**
     * The JVM opens the jar itself, by its path; in a container the path leads elsewhere. Nothing is said of copying it through
     * {@code /proc}: there an absolute link of the container leads to a file of the host.
     */
    private void requireJar(Jvm jvm) throws CommandException {
        File jar = jar();
        if (jar.getPath().contains("=")) { // the JDK takes what follows for the agent's options
            throw new CommandException("no JVM can load an agent from a path with '=': " + jar
                    + ". Copy the jar elsewhere, and name it with --jar");
        }
        boolean isHere = proc.sharesRoot(jvm.pid());
        if (!isHere && !proc.files().existsSeenBy(Long.toString(jvm.pid()), jar.getPath())) {
            throw new CommandException(
                    jvm.title() + " sees files of its own, as in a container, and does not find " + jar
                            + ". Copy the jar into the container with docker cp or kubectl cp (a plain cp to "
                            + proc.of(jvm.pid())
                            + "/root/ would follow links in it to files of this host), and name its path there"
                            + ": --jar " + ShellWord.of("/tmp/" + jar.getName()));
        }
        if (isHere && !jar.isFile()) {
            throw new CommandException("there is no file " + jar);
        }
    }

    private void requireNoObstacle(Jvm jvm) throws CommandException {
        try {
            Attachability.Obstacle obstacle = new Attachability(proc.newFiles()).obstacle(jvm);
            if (!jvm.isStill(proc.stat(jvm.pid()))) {
                throw ended(jvm);
            }
            if (obstacle != null) {
                throw new CommandException("cannot attach to " + jvm.title() + ": " + obstacle.reason() + "\n"
                        + LockFailure.toFix(obstacle.remedy()));
            }
        } catch (IOException e) {
            throw ended(jvm); // as where another process has its number
        }
    }

    private static CommandException ended(Jvm jvm) {
        return new CommandException(jvm.title() + " ended just now");
    }

    /**
     * Refuses a JVM that could end because the agent's classes do not fit. Where the agent runs already, they do. The JVM's
     * agent properties would tell that as well, but to read them loads classes in it.
     */
    private void requireMetaspace(AttachedJvm attached, Jvm jvm) throws CommandException, InterruptedException {
        if (!MetaspaceRoom.mayBeLimited(jvm.flags())
                || jvm.agent() // a JVM that hides its flags mostly publishes no counters either
                || TimeLimit.glance(jvm, () -> PublishedLock.of(proc, jvm.pid()))
                                .state()
                        != null) {
            return;
        }
        MetaspaceRoom room = attached.metaspaceRoom();
        if (!room.holds(AGENT_BYTES)) {
            throw new CommandException("cannot attach to " + jvm.title() + ": its metaspace has "
                    + Bytes.text(Math.min(room.bytes(), room.classBytes()))
                    + " left of its limit, and may be too full for the agent's classes, which could end it\n"
                    + LockFailure.toFix("# start it with a larger -XX:MaxMetaspaceSize (the agent needs "
                            + Bytes.text(AGENT_BYTES) + "), and a larger -XX:CompressedClassSpaceSize if it is given"));
        }
    }

    /** Refuses a JVM that is too old, and announces the warning of a new one, before anything is done to it. */
    private void considerVersion(AttachedJvm attached, Jvm jvm) throws CommandException, InterruptedException {
        // Of the VM's properties, because applications change the others now and then.
        String version = PlainText.of(attached.systemProperties().getProperty("java.vm.specification.version", ""));
        int feature = JavaRelease.feature(version);
        if (feature != JavaRelease.UNKNOWN && feature < JavaRelease.OLDEST_SUPPORTED) {
            throw new CommandException(jvm.title() + " runs Java " + version + ": the agent needs Java "
                    + JavaRelease.OLDEST_SUPPORTED + " or newer");
        }
        if (feature >= WARNS_FROM && !jvm.flags().mentions("EnableDynamicAgentLoading")) {
            console.err()
                    .println("note: Java " + feature + " prints four lines of warning (\"A Java agent has been"
                            + " loaded dynamically\") on the stderr of " + jvm.title()
                            + "; start the JVM with -XX:+EnableDynamicAgentLoading to prevent them");
        }
    }

    private AttachReply await(AttachedJvm attached, Jvm jvm, String id) throws CommandException, InterruptedException {
        Thread goodbye = new Thread(() -> console.err()
                .println("\nthe JVM is still working on the request; run \"status " + jvm.pid() + "\" to check"));
        Runtime.getRuntime().addShutdownHook(goodbye);
        try {
            boolean compared = false;
            String shown = "";
            long pollMillis = FIRST_POLL_MILLIS;
            Patience patience = new Patience(System.nanoTime(), residentBytes(jvm));
            while (true) {
                Replies replies = new Replies(attached.agentProperties());
                if (!compared) {
                    compareVersions(replies.version(), jvm);
                    compared = true;
                }
                AttachReply reply = replies.find(id);
                if (reply == null) {
                    throw new CommandException(
                            "the agent in " + jvm.title() + " did not answer; see the stderr of that JVM. Run \"status "
                                    + jvm.pid() + "\" to see what is locked");
                }
                if (reply.state() != State.RUNNING) {
                    return reply;
                }
                String line = PlainText.of(reply.text());
                boolean isNews = !line.equals(shown);
                if (isNews) {
                    shown = line;
                    console.err().println(lead(jvm) + shown);
                }
                if (patience.isOver(System.nanoTime(), isNews)) {
                    throw new CommandException("the agent in " + jvm.title()
                            + " has not finished, and this command no longer waits. Run \"status " + jvm.pid()
                            + "\" to see what is locked");
                }
                TimeUnit.MILLISECONDS.sleep(pollMillis);
                pollMillis = Math.min(LAST_POLL_MILLIS, pollMillis + pollMillis / 10);
            }
        } catch (IllegalArgumentException e) {
            throw new CommandException(
                    "cannot read the answer of the agent in " + jvm.title() + ": " + PlainText.of(e.getMessage()));
        } finally {
            Runtime.getRuntime().removeShutdownHook(goodbye);
        }
    }

    private long residentBytes(Jvm jvm) {
        try {
            return proc.status(jvm.pid()).vmRssBytes();
        } catch (IOException e) {
            return 0; // it ended: the next look at the reply says so
        }
    }

    private void compareVersions(String loaded, Jvm jvm) {
        if (loaded != null && !Version.current().equals(loaded)) {
            console.err()
                    .println("note: the agent in " + jvm.title() + " is version " + PlainText.of(loaded) + ", this is "
                            + Version.current() + "; it stays " + PlainText.of(loaded)
                            + " until that JVM is restarted");
        }
    }
}
