// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.attach.AttachReply;
import io.memlock.attach.AttachReply.State;
import io.memlock.jvms.CommandException;
import io.memlock.jvms.Jvm;
import io.memlock.jvms.Jvms;
import io.memlock.jvms.ProcDirectory;
import io.memlock.jvms.TimeLimit;
import io.memlock.log.PlainText;
import io.memlock.memory.Bytes;
import io.memlock.memory.Selection;
import io.memlock.output.Console;
import io.memlock.report.RegionUsage;
import io.memlock.report.SmapsScan;
import io.memlock.state.LockFailure;
import java.io.IOException;

/**
 * Prints the answer of the agent in another JVM, as far as it can be trusted. Any code in that JVM can answer in the
 * agent's name. So success is compared with what the kernel says, and remedies are printed only from a JVM of the same
 * user that sees the same processes.
 */
final class ReplyPrinter {

    /** The mark in front of a line that another process wrote. */
    private static final String QUOTE = "| ";

    private static final int LONGEST = 8_192;

    private final Console console;
    private final ProcDirectory proc;
    private final Jvms jvms;
    private final Jvm jvm;
    private final String lead;

    ReplyPrinter(Console console, ProcDirectory proc, Jvms jvms, Jvm jvm, String lead) {
        this.console = console;
        this.proc = proc;
        this.jvms = jvms;
        this.jvm = jvm;
        this.lead = lead;
    }

    /**
     * Prints the answer.
     *
     * @param selection what should be locked after success
     * @return the exit status
     * @throws CommandException if the JVM cannot be looked at
     */
    int print(AttachReply reply, Selection selection) throws CommandException, InterruptedException {
        String text =
                PlainText.lines(reply.text().length() > LONGEST ? reply.text().substring(0, LONGEST) : reply.text());
        if (reply.state() != State.DONE) {
            console.err().println(isKin() ? lead + text : quoted(withoutRemedy(text)) + "\n" + remedyFromHere());
            return ExitStatus.FAILED;
        }
        console.out().println(isKin() ? lead + text : quoted(text));
        return selection.isEmpty() ? unlocked(text) : verified(selection);
    }

    /** Says what the kernel still charges, unless the answer does: the application may have locked it. */
    private int unlocked(String text) throws CommandException {
        try {
            String charged = Bytes.text(Math.max(0, proc.status(jvm.pid()).vmLckBytes()));
            if (!text.contains("charged " + charged)) {
                console.out().println("The kernel charges " + charged + " to " + jvm.title() + " (VmLck)");
            }
            return ExitStatus.DONE;
        } catch (IOException e) {
            throw new CommandException(jvm.title() + " cannot be looked at any more: " + e.getMessage());
        }
    }

    /** Compares a success with what the kernel says. */
    private int verified(Selection selection) throws CommandException, InterruptedException {
        RegionUsage selected;
        try {
            if (proc.status(jvm.pid()).vmLckBytes() > 0) {
                return ExitStatus.DONE;
            }
            selected =
                    TimeLimit.walk(jvm, () -> SmapsScan.selected(proc.newFiles(), Long.toString(jvm.pid()), selection));
        } catch (IOException e) {
            throw new CommandException(jvm.title() + " cannot be looked at any more: " + e.getMessage());
        }
        if (selected.residentBytes() > selected.lockedBytes()) { // huge pages are locked, and not charged
            console.err()
                    .println("the kernel says otherwise: nothing is locked in " + jvm.title()
                            + " (VmLck is 0). The answer may not be the agent's");
            return ExitStatus.FAILED;
        }
        if (selected.residentBytes() == 0) {
            console.out().println("Nothing of it is in RAM yet");
        }
        return ExitStatus.DONE;
    }

    private boolean isKin() {
        return jvm.userId() == jvms.effectiveUid() && proc.sharesNamespace(jvm.pid(), "pid");
    }

    /** Removes the remedy: its paths and process ids hold where that JVM runs, if it is honest at all. */
    private String withoutRemedy(String text) {
        StringBuilder kept = new StringBuilder();
        boolean left = false;
        for (String line : text.split("\n", -1)) {
            left = line.startsWith(LockFailure.TO_FIX) || (left && line.startsWith(LockFailure.INDENT));
            if (!left) {
                kept.append(line).append('\n');
            }
        }
        return kept.toString();
    }

    private String remedyFromHere() {
        return LockFailure.toFix("run \"doctor " + jvm.pid() + "\" to see what to type here");
    }

    /** Marks each line as another process's words, so that none looks like ours or is taken for a command. */
    private String quoted(String text) {
        return jvm.title() + " answers:\n" + QUOTE + text.stripTrailing().replace("\n", "\n" + QUOTE);
    }
}
