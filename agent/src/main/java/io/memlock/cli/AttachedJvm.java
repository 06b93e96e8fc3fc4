// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.memlock.jvms.CommandException;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.TimeLimit;
import io.memlock.log.PlainText;
import java.io.File;
import java.io.IOException;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * A JVM that answers the JDK's attach API, each time within a limit. The one class that knows the API: it is loaded only
 * where the Java runtime has the module {@code jdk.attach}.
 */
final class AttachedJvm implements AutoCloseable {

    private static final long MILLIS = 30_000;

    /** On a CPU that many share, a JVM needs long to load the agent's classes: it rests after each. */
    private static final long LOAD_MILLIS = 60_000;

    private final VirtualMachine machine;
    private final Jvm jvm;

    private AttachedJvm(VirtualMachine machine, Jvm jvm) {
        this.machine = machine;
        this.jvm = jvm;
    }

    /**
     * Attaches.
     *
     * @throws CommandException if the JVM does not answer; then nothing has changed in it
     */
    static AttachedJvm attach(Jvm jvm) throws CommandException, InterruptedException {
        try {
            VirtualMachine machine = TimeLimit.within(MILLIS, () -> VirtualMachine.attach(Long.toString(jvm.pid())));
            return new AttachedJvm(machine, jvm);
        } catch (Exception e) {
            rethrowInterrupt(e);
            throw new CommandException("cannot attach to " + jvm.title() + ": " + why(e)
                    + "; is it stopped, or busy? Nothing is locked or unlocked");
        }
    }

    /** Reads the current system properties of the JVM. */
    Properties systemProperties() throws CommandException, InterruptedException {
        return answered(machine::getSystemProperties);
    }

    /** Reads the current agent properties of the JVM. */
    Properties agentProperties() throws CommandException, InterruptedException {
        return answered(machine::getAgentProperties);
    }

    private Properties answered(Callable<Properties> question) throws CommandException, InterruptedException {
        try {
            return TimeLimit.within(MILLIS, question);
        } catch (Exception e) {
            rethrowInterrupt(e);
            throw new CommandException(jvm.title() + " ended, or does not answer any more: " + why(e));
        }
    }

    /**
     * Loads the agent.
     *
     * @param jar at the path at which the JVM finds it
     * @param request handed to the agent
     * @param user of the JVM, for messages
     */
    void load(File jar, String request, String user) throws CommandException, InterruptedException {
        try {
            TimeLimit.within(LOAD_MILLIS, () -> {
                machine.loadAgent(jar.getPath(), request);
                return null;
            });
        } catch (AgentInitializationException e) {
            throw new CommandException(jvm.title() + " could not start the agent from " + jar + " ("
                    + PlainText.of(e.getMessage()) + "); its stderr says why");
        } catch (AgentLoadException e) {
            throw new CommandException(jvm.title() + " refuses to load " + jar + ": " + PlainText.of(e.getMessage())
                    + ". Can its user, " + user + ", read that file, and is the Java it runs still installed, with"
                    + " the module java.instrument?");
        } catch (Exception e) {
            rethrowInterrupt(e);
            throw new CommandException("the connection to " + jvm.title() + " broke: " + why(e)
                    + ". It may have got the request: run \"status " + jvm.pid() + "\" to see what is locked");
        }
    }

    /** Returns for people what a call ended with. */
    private static String why(Exception e) {
        if (e instanceof ExecutionException) {
            return PlainText.of("the answer cannot be read: " + e.getCause());
        }
        boolean isForPeople =
                e instanceof AttachNotSupportedException || e instanceof IOException || e instanceof TimeoutException;
        return PlainText.of(isForPeople ? e.getMessage() : e.toString());
    }

    private static void rethrowInterrupt(Exception e) throws InterruptedException {
        if (e instanceof InterruptedException interrupt) {
            throw interrupt;
        }
    }

    @Override
    public void close() {
        try {
            TimeLimit.within(MILLIS, () -> {
                machine.detach();
                return null;
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            // It ended, and with it what there was to detach from.
        }
    }
}
