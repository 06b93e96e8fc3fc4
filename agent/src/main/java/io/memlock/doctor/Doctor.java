// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.jvms.Jvm;
import io.memlock.options.AgentOptions;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Examines this place, or a JVM that runs. */
public final class Doctor {

    private final ProcFs proc;
    private final KernelSettings kernel;

    /** A doctor. */
    public Doctor(ProcFs proc) {
        this.proc = proc;
        this.kernel = new KernelSettings(proc);
    }

    /**
     * Would locking work here, for this user? Tries it in this very process, which keeps the lock.
     *
     * @throws IOException if {@code /proc} does not let us look at ourselves
     */
    public Examination examineHere(AgentOptions options) throws IOException {
        OwnLock lock = new OwnLock(proc);
        List<Finding> findings = new ArrayList<>(lock.attempt(options));
        Patient patient = Patient.self(proc);
        findings.addAll(new Privileges(patient, lock.limit()).findings());
        MemoryNeed need = MemoryNeed.of(patient, options.selection().regions());
        return examination("here, in the doctor's own JVM: ", patient, options, need, findings);
    }

    /**
     * Can the promise be kept for a JVM that runs?
     *
     * @throws IOException if {@code /proc} does not let us look at it
     */
    public Examination examine(Jvm jvm, AgentOptions options) throws IOException {
        Attachability.Obstacle obstacle = new Attachability(proc).obstacle(jvm);
        return examine("JVM " + jvm.pid() + ": ", Patient.of(proc, jvm), options, obstacle);
    }

    Examination examine(String subject, Patient patient, AgentOptions options, Attachability.Obstacle obstacle)
            throws IOException {
        MemoryNeed need = MemoryNeed.of(patient, options.selection().regions());
        List<Finding> findings = new ArrayList<>(new OtherLock(patient, need).foresee(options));
        findings.addAll(new Privileges(patient, null).findings());
        findings.add(attach(patient, obstacle));
        findings.add(new LibraryPlace(proc, patient).finding());
        if (!options.prefault().isEmpty()) {
            findings.add(new Sizes(proc, patient).prefault(options.prefault()));
        }
        return examination(subject, patient, options, need, findings);
    }

    private static Finding attach(Patient patient, Attachability.Obstacle obstacle) {
        String check = "attach";
        if (obstacle == null) {
            return Finding.ok(check, "nothing is in the way of it");
        }
        return patient.hasAgent()
                ? Finding.note(
                        check, obstacle.reason() + "; the agent is in it already, and cannot be given other options so")
                : Finding.fail(check, obstacle.reason(), obstacle.remedy());
    }

    private Examination examination(
            String subject, Patient patient, AgentOptions options, MemoryNeed need, List<Finding> findings)
            throws IOException {
        findings.add(Jdk.finding(proc, patient.process(), patient.deployment().javaHome()));
        findings.addAll(new Flags(patient).findings(options));
        findings.addAll(new Sizes(proc, patient).findings(need));
        findings.addAll(new Swapping(proc, patient.process()).findings());
        findings.addAll(kernel.findings(patient.mappings(), patient.deployment()));
        return new Examination(
                subject + patient.deployment().describe(), need.chargedBytes(), need.atMostBytes(), findings);
    }
}
