// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.advice.PlaceFiles;
import io.memlock.options.AgentOptions;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Examines this place, or a JVM that runs. */
public final class Doctor {

    private final ProcFs proc;

    /** A doctor. */
    public Doctor(ProcFs proc) {
        this.proc = proc;
    }

    /** Would locking work here, for this user? Tries it in this very process, which keeps the lock. */
    public Examination examineHere(AgentOptions options) throws IOException {
        List<Finding> findings = new ArrayList<>();
        findings.add(new OwnLock(proc).attempt(options));
        MemoryNeed need = MemoryNeed.ofThisJvm(proc);
        findings.addAll(new Sizes(proc, ProcFs.SELF).findings(need, options));
        findings.addAll(
                new KernelSettings(proc).findings(proc.mappings(ProcFs.SELF).size()));
        return new Examination("here: " + PlaceFiles.ofThisProcess().describe(), findings);
    }

    /**
     * Can the promise be kept for a JVM that runs?
     *
     * @throws IOException if {@code /proc} does not let us look at it
     */
    public Examination examine(long pid, AgentOptions options) throws IOException {
        String process = Long.toString(pid);
        List<Finding> findings = new ArrayList<>();
        MemoryNeed need = MemoryNeed.of(proc, process);
        findings.add(new OtherLock(proc, pid).foresee(options));
        findings.addAll(new Flags(need).findings(options));
        findings.addAll(new Sizes(proc, process).findings(need, options));
        findings.addAll(new KernelSettings(proc).findings(proc.mappings(process).size()));
        return new Examination("JVM " + pid + ": " + PlaceFiles.of(pid).describe(), findings);
    }
}
