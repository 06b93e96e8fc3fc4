// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.hotspot.MetaspaceRoom;
import io.memlock.log.PlainText;
import io.memlock.os.LibC;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Loads an agent into a JVM and reads its agent properties, each time within a time limit. */
public final class AttachedJvm implements AutoCloseable {

    private static final long MILLIS = 30_000;

    /** On a CPU that many share, a JVM needs long to load the agent's classes: it rests after each. */
    private static final long LOAD_MILLIS = 60_000;

    /** The module without which a JVM loads no agent. */
    public static final String NEEDED_MODULE = "java.instrument";

    /** What to say of a JVM without it; its subject is the JVM. */
    public static final String LACKS_MODULE =
            "runs on a Java runtime without the module " + NEEDED_MODULE + ", which every agent needs";

    /** What to do about it. */
    public static final String ADD_MODULE = "make the runtime with jlink --add-modules " + NEEDED_MODULE;

    /** The library that loads agents in Java; it is in the module {@code java.instrument}. */
    private static final String INSTRUMENT = "instrument";

    private static final String RETURNED = "return code: ";

    /** JDK: ATTACH_ERROR_BADJAR in InvocationAdapter.c */
    private static final String BAD_JAR = "100";

    private final AttachSocket socket;
    private final Jvm jvm;

    private AttachedJvm(AttachSocket socket, Jvm jvm) {
        this.socket = socket;
        this.jvm = jvm;
    }

    /**
     * Attaches.
     *
     * @param jvm nothing keeps it from being attached to
     * @throws CommandException if the JVM does not answer; then nothing has changed in it
     */
    public static AttachedJvm attach(LibC libc, ProcDirectory proc, Jvm jvm)
            throws CommandException, InterruptedException {
        AttachSocket socket = within(
                MILLIS,
                () -> AttachSocket.open(libc, proc, jvm),
                "cannot attach to " + jvm.title(),
                ". Nothing is locked or unlocked");
        return new AttachedJvm(socket, jvm);
    }

    /** Reads the current system properties of the JVM. */
    public Properties systemProperties() throws CommandException, InterruptedException {
        return properties("properties");
    }

    /** Reads the current agent properties of the JVM. */
    public Properties agentProperties() throws CommandException, InterruptedException {
        return properties("agentProperties");
    }

    /** Asks the JVM how much is left of its metaspace. */
    public MetaspaceRoom metaspaceRoom() throws CommandException, InterruptedException {
        return within(MILLIS, () -> MetaspaceRoom.of(socket.ask("jcmd", MetaspaceRoom.COMMAND)), noAnswer(), "");
    }

    private String noAnswer() {
        return jvm.title() + " has ended, or no longer answers";
    }

    private Properties properties(String command) throws CommandException, InterruptedException {
        Callable<Properties> read = () -> {
            Properties properties = new Properties();
            properties.load(new StringReader(socket.ask(command)));
            return properties;
        };
        return within(MILLIS, read, noAnswer(), "");
    }

    /**
     * Loads the agent.
     *
     * @param jar at the path at which the JVM finds it
     * @param request handed to the agent
     * @param user of the JVM, for messages
     */
    public void load(File jar, String request, String user) throws CommandException, InterruptedException {
        String argument = jar + "=" + request;
        if (argument.getBytes(StandardCharsets.UTF_8).length > AttachSocket.LONGEST_ARGUMENT) {
            throw new CommandException(
                    "the options and the path of the jar are too long: a JVM takes " + AttachSocket.LONGEST_ARGUMENT
                            + " bytes. Shorten them, or start the JVM with the agent and config=FILE: a file may be longer");
        }
        String answer = within(
                        LOAD_MILLIS,
                        () -> socket.ask("load", INSTRUMENT, "false", argument),
                        "the connection to " + jvm.title() + " broke",
                        ". It may have received the request: run \"status " + jvm.pid() + "\" to see what is locked")
                .strip();
        if (answer.equals(RETURNED + "0")) {
            return;
        }
        if (answer.contains(NEEDED_MODULE)) {
            throw new CommandException(jvm.title() + " " + LACKS_MODULE + "; " + ADD_MODULE);
        }
        if (answer.equals(RETURNED + BAD_JAR)) {
            answer = "it does not find an agent there";
        }
        throw new CommandException(
                answer.startsWith(RETURNED)
                        ? jvm.title() + " could not start the agent from " + jar + " (" + PlainText.of(answer)
                                + "); its stderr says why"
                        : jvm.title() + " refuses to load " + jar + ": " + PlainText.of(answer) + ". Can its user, "
                                + user + ", read that file, and is the Java it runs still installed?");
    }

    /** Does the work in time. Otherwise the message says what it came to between a beginning and an end. */
    private static <T> T within(long millis, Callable<T> work, String beginning, String end)
            throws CommandException, InterruptedException {
        try {
            return TimeLimit.within(millis, work);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new CommandException(beginning + ": " + why(e) + end);
        }
    }

    /** Returns for people what a call ended with. */
    private static String why(Exception e) {
        if (e instanceof ExecutionException) {
            return PlainText.of("the answer cannot be read: " + e.getCause());
        }
        return PlainText.of(e instanceof IOException || e instanceof TimeoutException ? e.getMessage() : e.toString());
    }

    @Override
    public void close() {
        socket.close();
    }
}
