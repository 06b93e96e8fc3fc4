// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static io.memlock.doctor.PatientBuilder.CODE;
import static io.memlock.doctor.PatientBuilder.MIB;
import static io.memlock.doctor.PatientBuilder.NATIVE;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.calls.LockLimit;
import io.memlock.doctor.Finding.Verdict;
import io.memlock.options.AgentOptions;
import io.memlock.options.OptionException;
import io.memlock.options.OptionParser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtherLockTest {

    @Test
    void privilegeLiftsTheLimit() throws Exception {
        Finding lock = only(new PatientBuilder(), "mode=all");

        assertThat(lock).isEqualTo(Finding.ok("lock", "no limit applies to this JVM"));
    }

    @Test
    void privilegeOfAUserNamespaceDoesNot() throws Exception {
        Finding lock = only(new PatientBuilder().inUserNamespace().limit(MIB, MIB), "mode=heap");

        assertThat(lock.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(lock.evidence()).contains("needed 4.0 MiB (committed now 4.0 MiB)", "the limit is 1.0 MiB");
    }

    @Test
    void theHardLimitCountsBecauseTheAgentRaisesTheSoftOne() throws Exception {
        assertThat(only(new PatientBuilder().unprivileged().limit(0, -1), "mode=all")
                        .verdict())
                .isEqualTo(Verdict.OK);
        assertThat(only(new PatientBuilder().unprivileged().limit(0, 5 * MIB), "mode=heap")
                        .verdict())
                .isEqualTo(Verdict.WARN);
    }

    @ParameterizedTest
    @CsvSource({
        "mode=heap, 4868388, WARN",
        "mode=heap, 4868386, FAIL",
        "mode=heap+code, 7265133, WARN",
        "mode=heap+code, 7265131, FAIL",
        "mode=mapped, 0, WARN",
        "mode=heap, 0, FAIL",
        "mode=none, 0, OK"
    })
    void oneByteDecides(String options, long limit, Verdict verdict) throws Exception {
        assertThat(only(new PatientBuilder().limited(limit), options).verdict()).isEqualTo(verdict);
    }

    @Test
    void theStackThatGrowsByItselfIsLeftOutAsTheAgentLeavesItOut() throws Exception {
        assertThat(only(new PatientBuilder().withAgent().limited(0), "mode=stacks")
                        .evidence())
                .contains("needed 0 B");
    }

    @Test
    void whatOthersLockedIsChargedTooButNotTwice() throws Exception {
        PatientBuilder elsewhere = new PatientBuilder().limited(5 * MIB).lockedByOthers(NATIVE, MIB);
        PatientBuilder selected = new PatientBuilder().limited(3 * MIB).lockedByOthers(CODE, 2 * MIB);

        Finding lock = only(elsewhere, "mode=heap");

        assertThat(lock.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(lock.evidence()).contains("needed 5.0 MiB", "locked by others outside the selection 1.0 MiB");
        assertThat(only(selected, "mode=code").verdict()).isEqualTo(Verdict.WARN);
    }

    @Test
    void theAgentItselfNeedsRoomToo() throws Exception {
        PatientBuilder without = new PatientBuilder().limited(2 * MIB);
        PatientBuilder with = new PatientBuilder().limited(2 * MIB).withAgent();

        Finding lock = only(without, "mode=metaspace");

        assertThat(lock.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(lock.evidence()).contains("committed now 1.0 MiB, the agent itself about 3.0 MiB");
        assertThat(lock.remedy())
                .as("no number holds")
                .contains("LimitMEMLOCK=infinity")
                .doesNotContain("instead of");
        assertThat(only(with, "mode=metaspace").verdict()).isEqualTo(Verdict.WARN);
    }

    @Test
    void theRemedyIsForThePlaceAndItsNumberHoldsTheHeapAtItsLargest() throws Exception {
        assertThat(only(new PatientBuilder().limited(0), "mode=heap").remedy())
                .contains("sudo systemctl restart kafka.service", "LimitMEMLOCK=" + 74 * MIB);
    }

    @Test
    void aLimitThatIsLargeEnoughForeverIsNoWarning() throws Exception {
        PatientBuilder enough = new PatientBuilder().limited(LockLimit.toLock(64 * MIB));
        PatientBuilder tooLittle = new PatientBuilder().limited(LockLimit.toLock(64 * MIB) - 1);

        assertThat(only(enough, "mode=heap").verdict()).isEqualTo(Verdict.OK);
        assertThat(only(tooLittle, "mode=heap").verdict()).isEqualTo(Verdict.WARN);
        assertThat(only(tooLittle, "mode=heap").evidence()).contains("may grow to 73.2 MiB");
        assertThat(only(enough, "mode=heap+native").evidence()).contains("Nothing limits what it grows to");
        assertThat(only(enough.options("-XX:MaxMetaspaceSize=2m"), "mode=metaspace")
                        .verdict())
                .isEqualTo(Verdict.OK);
    }

    @Test
    void futureIsRefusedUnderALimit() throws Exception {
        assertThat(only(new PatientBuilder().limited(1 << 30), "mode=heap,strategy=future")
                        .verdict())
                .isEqualTo(Verdict.FAIL);
        assertThat(only(new PatientBuilder(), "mode=heap,strategy=future").verdict())
                .isEqualTo(Verdict.OK);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, mode=heap, OK",
        "-1, mode=all, OK",
        "-1, 'mode=heap,strategy=rescan', OK",
        "1073741824, mode=heap, FAIL",
        "1073741824, mode=all, FAIL"
    })
    void zgcIsHeldOnlyWhereNoLimitApplies(long limit, String options, Verdict verdict) throws Exception {
        Patient patient =
                new PatientBuilder().zgc().unprivileged().limit(limit, limit).build();

        List<Finding> findings = foresee(patient, options);

        assertThat(findings).hasSize(2);
        assertThat(findings.get(1).check()).isEqualTo("ZGC");
        assertThat(findings.get(1).verdict()).isEqualTo(verdict);
    }

    @Test
    void zgcDoesNotMatterWhereItsHeapIsNotSelected() throws Exception {
        assertThat(only(new PatientBuilder().zgc().limited(4 * MIB), "mode=code")
                        .verdict())
                .isEqualTo(Verdict.WARN);
    }

    private static Finding only(PatientBuilder patient, String options) throws Exception {
        List<Finding> findings = foresee(patient.build(), options);
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }

    private static List<Finding> foresee(Patient patient, String text) throws OptionException {
        AgentOptions options = OptionParser.parse(text);
        return new OtherLock(patient, MemoryNeed.of(patient, options.selection().regions())).foresee(options);
    }
}
