// SPDX-License-Identifier: Apache-2.0
package io.memlock.jvms;

import io.memlock.jvmstat.PerfData;
import io.memlock.memory.Mapping;
import io.memlock.proc.ProcessStatus;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Finds JVMs. A JVM is a process that has the code of libjvm.so mapped. */
public final class Jvms {

    /** The beginning of the names of the agent's threads: the keeper's, and before that the one of an attach. */
    static final String AGENT_THREAD = "memlock-";

    private final ProcDirectory proc;
    private final long ownPid;

    /**
     * Creates a finder.
     *
     * @param ownPid this process, which is not shown
     */
    public Jvms(ProcDirectory proc, long ownPid) {
        this.proc = proc;
        this.ownPid = ownPid;
    }

    /**
     * The JVMs that were found.
     *
     * @param jvms those this user may look at
     * @param closed the number of processes that look like JVMs and are another user's
     * @param guarded the number of those that are this user's, and the kernel shows to root alone
     * @param silent those that did not let themselves be looked at
     */
    public record Found(List<Jvm> jvms, int closed, int guarded, List<Silent> silent) {}

    /**
     * A process that did not let itself be looked at.
     *
     * @param problem why, for people
     * @param isJava whether its program is java
     */
    public record Silent(String problem, boolean isJava) {}

    public Found all() throws CommandException, InterruptedException {
        List<Jvm> jvms = new ArrayList<>();
        List<Silent> silent = new ArrayList<>();
        int closed = 0;
        int guarded = 0;
        try {
            for (long pid : proc.pids()) {
                try {
                    Jvm jvm = pid == ownPid ? null : within(pid, () -> jvm(pid));
                    if (jvm != null) {
                        jvms.add(jvm);
                    }
                } catch (AccessDeniedException e) {
                    int found = looksLikeJava(pid) ? 1 : 0;
                    if (isOwn(pid)) {
                        guarded += found;
                    } else {
                        closed += found;
                    }
                } catch (IOException e) {
                    if (proc.exists(pid)) {
                        silent.add(new Silent(named(pid, e), runsJava(pid)));
                    }
                }
            }
        } catch (IOException e) {
            throw new CommandException("cannot list the processes in /proc: " + e);
        }
        return new Found(jvms, closed, guarded, silent);
    }

    /**
     * Finds one JVM.
     *
     * @throws CommandException if there is no such process, or it is no JVM, or not this user's to look at
     */
    public Jvm find(long pid) throws CommandException, InterruptedException {
        ProcessStatus status;
        try {
            status = within(pid, () -> proc.status(pid));
        } catch (IOException e) {
            throw new CommandException(
                    proc.exists(pid) ? e.getMessage() : "there is no process " + pid + noProcessHint());
        }
        if (status.tgid() != pid) {
            throw new CommandException(pid + " is a thread of process " + status.tgid() + ": use that number");
        }
        if (status.state().startsWith("Z")) {
            throw new CommandException("process " + pid + " (" + status.name()
                    + ") has ended; its entry remains until its parent collects it");
        }
        try {
            Jvm jvm = within(pid, () -> jvm(pid));
            if (jvm != null) {
                return jvm;
            }
        } catch (AccessDeniedException e) {
            throw new CommandException(closed(pid, status));
        } catch (IOException e) {
            throw new CommandException(proc.exists(pid) ? e.getMessage() : "process " + pid + " ended just now");
        }
        throw new CommandException("process " + pid + " (" + status.name() + ") is not a JVM: it has no"
                + " code of libjvm.so mapped, as a GraalVM native image has none. \"status\" lists the JVMs there are");
    }

    private <T> T within(long pid, Callable<T> look) throws IOException, CommandException, InterruptedException {
        return TimeLimit.within(TimeLimit.GLANCE_MILLIS, "process " + pid, look);
    }

    /** Returns null if the process is not a JVM. */
    private Jvm jvm(long pid) throws IOException {
        if (!proc.isJvm(pid)) {
            return null;
        }
        JavaCommand command = JavaCommand.parse(
                proc.cmdline(pid),
                proc.newFiles().environmentOrNone(Long.toString(pid)),
                counter -> published(pid, counter));
        return new Jvm(
                pid,
                proc.status(pid).effectiveUid(),
                command,
                proc.hasThread(pid, AGENT_THREAD),
                proc.stat(pid).startTicks());
    }

    private String published(long pid, String counter) {
        try {
            byte[] perfData = proc.perfData(pid);
            return perfData == null ? null : PerfData.text(perfData, counter);
        } catch (IOException e) {
            return null;
        }
    }

    /** Returns whether a process was called java. That is open to see of other users, and the file that runs is not. */
    private boolean looksLikeJava(long pid) throws CommandException, InterruptedException {
        try {
            String program = within(pid, () -> proc.cmdline(pid)).split("\0", 2)[0];
            return program.equals("java") || program.endsWith("/java");
        } catch (IOException ended) {
            return false;
        }
    }

    private static String named(long pid, IOException why) {
        String process = "process " + pid;
        String text = String.valueOf(why.getMessage());
        return text.startsWith(process) ? text : process + ": " + text;
    }

    /** Returns whether a process runs the program java. The kernel tells that although the process holds its address space. */
    private boolean runsJava(long pid) {
        try {
            String program = Files.readSymbolicLink(proc.of(pid).resolve("exe")).toString();
            return program.endsWith("/java") || program.endsWith("/java" + Mapping.DELETED);
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isOwn(long pid) throws CommandException, InterruptedException {
        try {
            return isOwn(within(pid, () -> proc.status(pid)));
        } catch (IOException ended) {
            return false;
        }
    }

    private boolean isOwn(ProcessStatus status) {
        return status.effectiveUid() == effectiveUid();
    }

    private String noProcessHint() {
        return proc.hidesProcesses()
                ? ": it has ended, or it is another user's and /proc is mounted with hidepid; run this command as"
                        + " that user or root"
                : ": it has ended, or the number is of another container. \"status\" lists the JVMs there are";
    }

    private String closed(long pid, ProcessStatus status) {
        String what = "cannot look into process " + pid + " (" + status.name() + "): ";
        if (effectiveUid() == 0) {
            return what + "without CAP_SYS_PTRACE the kernel refuses it to root, too; run this command on the host, or"
                    + " where root has that capability";
        }
        if (!isOwn(status)) {
            return what + "it belongs to user " + userName(pid, status.effectiveUid())
                    + "; run this command as that user or as root";
        }
        return what
                + "it is this user's, but the kernel refuses (it has privileges of its own, or is in another user"
                + " namespace); run this command as root";
    }

    /** Returns the name of a process's user, or its number. */
    public String userName(long pid, long userId) {
        try {
            return Files.getOwner(proc.of(pid)).getName();
        } catch (IOException | UnsupportedOperationException e) {
            return Long.toString(userId);
        }
    }

    /** Returns the user this command runs as. */
    public long effectiveUid() {
        try {
            return proc.status(ownPid).effectiveUid();
        } catch (IOException e) {
            return 0; // then the kernel will say what is not allowed
        }
    }
}
