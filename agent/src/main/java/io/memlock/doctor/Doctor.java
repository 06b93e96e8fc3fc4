// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import io.memlock.hotspot.JvmFlags;
import io.memlock.jvms.Jvm;
import io.memlock.memory.Mapping;
import io.memlock.options.AgentOptions;
import io.memlock.proc.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Examines this process, or another JVM. */
public final class Doctor {

    private final ProcFs proc;
    private final KernelSettings kernel;

    public Doctor(ProcFs proc) {
        this.proc = proc;
        this.kernel = new KernelSettings(proc);
    }

    /**
     * Examines whether locking works here, for this user. It is tried in this very process, which keeps the lock.
     *
     * @param flags this process was started with
     * @throws IOException if {@code /proc} does not let us look at ourselves
     */
    public Examination examineHere(JvmFlags flags, AgentOptions options) throws IOException {
        TriedLock lock = new TriedLock(proc);
        List<Finding> findings = new ArrayList<>(lock.attempt(options));
        ExaminedJvm examined = ExaminedJvm.self(proc, flags);
        findings.addAll(new Privileges(examined, lock.limit()).findings());
        MemoryNeed need = MemoryNeed.of(examined, options.selection());
        return examination(
                "here, in the doctor's own JVM: ", examined, options, need, new Sizes(proc, examined), findings);
    }

    /**
     * Examines whether what is selected in another JVM can be locked and kept locked.
     *
     * @throws IOException if {@code /proc} does not let us look at it
     */
    public Examination examine(Jvm jvm, AgentOptions options) throws IOException {
        List<Mapping> mappings = proc.mappings(Long.toString(jvm.pid()));
        Attachability.Obstacle obstacle = new Attachability(proc).obstacle(jvm, mappings);
        return examine("JVM " + jvm.pid() + ": ", ExaminedJvm.of(proc, jvm, mappings), options, obstacle);
    }

    Examination examine(String subject, ExaminedJvm examined, AgentOptions options, Attachability.Obstacle obstacle)
            throws IOException {
        MemoryNeed need = MemoryNeed.of(examined, options.selection());
        List<Finding> findings = new ArrayList<>(new PredictedLock(examined, need).foresee(options));
        findings.addAll(new Privileges(examined, null).findings());
        findings.add(attach(examined, obstacle));
        findings.add(new LibraryDirectory(proc, examined).finding());
        Sizes sizes = new Sizes(proc, examined);
        if (!options.prefault().isEmpty()) {
            findings.add(sizes.prefault(options.toPrefault()));
        }
        return examination(subject, examined, options, need, sizes, findings);
    }

    private static Finding attach(ExaminedJvm examined, Attachability.Obstacle obstacle) {
        String check = "attach";
        if (obstacle == null) {
            return examined.flags().isComplete()
                    ? Finding.ok(check, "nothing prevents it")
                    : Finding.note(check, "nothing is known to prevent it; " + Flags.UNKNOWN);
        }
        return examined.hasAgent()
                ? Finding.note(
                        check, obstacle.reason() + "; the agent is loaded already, and its options cannot be changed")
                : Finding.fail(check, obstacle.reason(), obstacle.remedy());
    }

    private Examination examination(
            String subject,
            ExaminedJvm examined,
            AgentOptions options,
            MemoryNeed need,
            Sizes sizes,
            List<Finding> findings) {
        findings.add(Jdk.finding(proc, examined.process(), examined.deployment().javaHome()));
        findings.addAll(new Flags(examined).findings(options, sizes.isRoomForFilesScarce()));
        findings.addAll(sizes.findings(need));
        findings.add(Allocator.finding(examined, options.selection()));
        findings.addAll(new Swapping(proc, examined.process()).findings());
        findings.addAll(new ReclaimOrder(proc, examined.process()).findings());
        findings.addAll(kernel.findings(examined.mappings(), examined.deployment()));
        return new Examination(
                subject + examined.deployment().describe(), need.chargedBytes(), need.atMostBytes(), findings);
    }
}
