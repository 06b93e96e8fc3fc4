// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.attach.AgentProperties;
import io.memlock.attach.AttachReply;
import io.memlock.attach.AttachReply.State;
import io.memlock.attach.AttachRequest;
import io.memlock.attach.Replies;
import io.memlock.attach.Version;
import io.memlock.bootstrap.AgentThread;
import io.memlock.bootstrap.StandardError;
import io.memlock.manners.OwnPermissions;
import java.lang.instrument.Instrumentation;
import java.util.function.Consumer;

/**
 * Takes requests from whoever attaches, and carries them out one after another on a thread of its own. So the JVM's
 * attach thread is free again at once, for {@code jcmd} for example, and the command that asked may end.
 */
final class AttachService {

    private final Instrumentation instrumentation;
    private final StandardError stderr;
    private final Worker worker;

    interface Worker {

        /**
         * Carries out one request.
         *
         * @param progress takes lines that tell how far it is
         * @return what came of it
         * @throws Exception whose message says why nothing came of it
         */
        AttachReply carryOut(AttachRequest request, Consumer<String> progress) throws Exception;
    }

    /**
     * Creates the service.
     *
     * @param stderr for what cannot be told to whoever asked
     * @param worker does what is asked, one request at a time
     */
    AttachService(Instrumentation instrumentation, StandardError stderr, Worker worker) {
        this.instrumentation = instrumentation;
        this.stderr = stderr;
        this.worker = worker;
    }

    /**
     * Takes a request, and returns before it is carried out.
     *
     * @param text of the request; or plain options from somebody who reads no reply, as with {@code jcmd PID
     *     JVMTI.agent_load}
     */
    void take(String text) {
        try {
            if (AttachRequest.isRequest(text)) {
                takeRequest(text);
            } else {
                String options = text == null ? "" : text;
                run(new AttachRequest("", AttachRequest.Action.LOCK, options), this::print);
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            print(new AttachReply(State.FAILED, e.toString()));
        }
    }

    private void takeRequest(String text) throws ReflectiveOperationException {
        Replies replies = new Replies(AgentProperties.ofThisJvm(instrumentation));
        replies.leaveVersion(Version.current());
        try {
            AttachRequest request = AttachRequest.parse(text);
            ReplyTo asker = reply -> replies.leave(request.id(), reply);
            asker.reply(new AttachReply(State.RUNNING, ""));
            run(request, asker);
        } catch (IllegalArgumentException e) {
            AttachReply reply = new AttachReply(
                    State.FAILED,
                    "the agent is version " + Version.current() + ": " + e.getMessage()
                            + "\nUse the command line of that version");
            String id = AttachRequest.idIn(text);
            if (id == null) {
                print(reply);
            } else {
                replies.leave(id, reply);
            }
        }
    }

    private void run(AttachRequest request, ReplyTo asker) {
        Runnable work = new Runnable() {
            @Override
            public void run() {
                asker.reply(answer(request, asker));
            }
        };
        try {
            AgentThread.gentle(OwnPermissions.of(work), "memlock-attach").start();
        } catch (OutOfMemoryError e) { // no thread to be had: whoever asked would wait for ever
            asker.reply(new AttachReply(State.FAILED, "nothing was done: " + e.getMessage()));
        }
    }

    private AttachReply answer(AttachRequest request, ReplyTo asker) {
        try {
            synchronized (this) {
                return worker.carryOut(request, line -> asker.reply(new AttachReply(State.RUNNING, line)));
            }
        } catch (OutOfMemoryError e) {
            return new AttachReply(
                    State.FAILED,
                    "the agent found no room for its objects in this JVM (" + e.getMessage()
                            + "), and stopped half way: run \"status\" to see what is locked. Give the JVM a larger"
                            + " heap (-Xmx), or try again when less of it is in use");
        } catch (Throwable e) { // whoever asked waits for an answer
            String message = e.getMessage();
            boolean speaks = message != null && !(e instanceof LinkageError); // which has the name of a class alone
            return new AttachReply(State.FAILED, speaks ? message : e.toString());
        }
    }

    private void print(AttachReply reply) {
        if (reply.state() == State.FAILED) {
            stderr.print(StandardError.WARN, "attach: " + reply.text());
        }
    }

    private interface ReplyTo {
        void reply(AttachReply reply);
    }
}
