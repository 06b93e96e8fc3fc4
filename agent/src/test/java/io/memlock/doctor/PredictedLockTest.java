// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static io.memlock.doctor.ExaminedJvmBuilder.CODE;
import static io.memlock.doctor.ExaminedJvmBuilder.MIB;
import static io.memlock.doctor.ExaminedJvmBuilder.NATIVE;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.calls.LockLimit;
import io.memlock.doctor.Finding.Severity;
import io.memlock.options.AgentOptions;
import io.memlock.options.OptionException;
import io.memlock.options.OptionParser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictedLockTest {

    @Test
    void privilegeLiftsTheLimit() throws Exception {
        Finding lock = only(new ExaminedJvmBuilder(), "mode=all");

        assertThat(lock).isEqualTo(Finding.ok("lock", "no limit applies to this JVM"));
    }

    @Test
    void privilegeOfAUserNamespaceDoesNot() throws Exception {
        Finding lock = only(new ExaminedJvmBuilder().inUserNamespace().limit(MIB, MIB), "mode=heap");

        assertThat(lock.severity()).isEqualTo(Severity.FAIL);
        assertThat(lock.evidence()).contains("needed 4.0 MiB (committed now 4.0 MiB)", "the limit is 1.0 MiB");
    }

    @Test
    void theHardLimitCountsBecauseTheAgentRaisesTheSoftOne() throws Exception {
        assertThat(only(new ExaminedJvmBuilder().unprivileged().limit(0, -1), "mode=all")
                        .severity())
                .isEqualTo(Severity.OK);
        assertThat(only(new ExaminedJvmBuilder().unprivileged().limit(0, 5 * MIB), "mode=heap")
                        .severity())
                .isEqualTo(Severity.WARN);
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
    void oneByteDecides(String options, long limit, Severity severity) throws Exception {
        assertThat(only(new ExaminedJvmBuilder().limited(limit), options).severity())
                .isEqualTo(severity);
    }

    @Test
    void theStackThatGrowsByItselfIsLeftOutAsTheAgentLeavesItOut() throws Exception {
        assertThat(only(new ExaminedJvmBuilder().withAgent().limited(0), "mode=stacks")
                        .evidence())
                .contains("needed 0 B");
    }

    @Test
    void whatOthersLockedIsChargedTooButNotTwice() throws Exception {
        ExaminedJvmBuilder elsewhere = new ExaminedJvmBuilder().limited(5 * MIB).lockedByOthers(NATIVE, MIB);
        ExaminedJvmBuilder selected = new ExaminedJvmBuilder().limited(3 * MIB).lockedByOthers(CODE, 2 * MIB);

        Finding lock = only(elsewhere, "mode=heap");

        assertThat(lock.severity()).isEqualTo(Severity.FAIL);
        assertThat(lock.evidence()).contains("needed 5.0 MiB", "locked by others outside the selection 1.0 MiB");
        assertThat(only(selected, "mode=code").severity()).isEqualTo(Severity.WARN);
    }

    @Test
    void theAgentItselfNeedsRoomToo() throws Exception {
        ExaminedJvmBuilder without = new ExaminedJvmBuilder().limited(2 * MIB);
        ExaminedJvmBuilder with = new ExaminedJvmBuilder().limited(2 * MIB).withAgent();

        Finding lock = only(without, "mode=metaspace");

        assertThat(lock.severity()).isEqualTo(Severity.FAIL);
        assertThat(lock.evidence()).contains("committed now 1.0 MiB, the agent itself about 3.0 MiB");
        assertThat(lock.remedy())
                .as("no number holds")
                .contains("LimitMEMLOCK=infinity")
                .doesNotContain("instead of");
        assertThat(only(with, "mode=metaspace").severity()).isEqualTo(Severity.WARN);
    }

    @Test
    void theRemedyIsForThePlaceAndItsNumberHoldsTheHeapAtItsLargest() throws Exception {
        assertThat(only(new ExaminedJvmBuilder().limited(0), "mode=heap").remedy())
                .contains("sudo systemctl restart kafka.service", "LimitMEMLOCK=" + 74 * MIB);
    }

    @Test
    void aLimitThatIsLargeEnoughForeverIsNoWarning() throws Exception {
        ExaminedJvmBuilder enough = new ExaminedJvmBuilder().limited(LockLimit.toLock(64 * MIB));
        ExaminedJvmBuilder tooLittle = new ExaminedJvmBuilder().limited(LockLimit.toLock(64 * MIB) - 1);

        assertThat(only(enough, "mode=heap").severity()).isEqualTo(Severity.OK);
        assertThat(only(tooLittle, "mode=heap").severity()).isEqualTo(Severity.WARN);
        assertThat(only(tooLittle, "mode=heap").evidence()).contains("may grow to 73.2 MiB");
        assertThat(only(enough, "mode=heap+native").evidence()).contains("Nothing limits its growth");
        assertThat(only(enough.options("-XX:MaxMetaspaceSize=2m"), "mode=metaspace")
                        .severity())
                .isEqualTo(Severity.OK);
    }

    @Test
    void futureIsRefusedUnderALimit() throws Exception {
        assertThat(only(new ExaminedJvmBuilder().limited(1 << 30), "mode=heap,strategy=future")
                        .severity())
                .isEqualTo(Severity.FAIL);
        assertThat(only(new ExaminedJvmBuilder(), "mode=heap,strategy=future").severity())
                .isEqualTo(Severity.OK);
    }

    /** Of mode=all, strategy=auto locks nothing where not all of it fits. */
    @Test
    void futureThatIsRefusedIsAnsweredWithWhatLocksSomething() throws Exception {
        assertThat(only(new ExaminedJvmBuilder().limited(MIB), "mode=all,strategy=future")
                        .remedy())
                .endsWith("# or strategy=auto with the regions that matter most (mode=heap+code): what fits of them is"
                        + " locked");
        assertThat(only(new ExaminedJvmBuilder().limited(MIB), "mode=heap,strategy=future")
                        .remedy())
                .endsWith("# or strategy=auto: it locks what fits, in the order named");
    }

    @ParameterizedTest
    @CsvSource({
        "-1, mode=heap, OK",
        "-1, mode=all, OK",
        "-1, 'mode=heap,strategy=rescan', OK",
        "1073741824, mode=heap, FAIL",
        "1073741824, mode=all, FAIL"
    })
    void zgcIsHeldOnlyWhereNoLimitApplies(long limit, String options, Severity severity) throws Exception {
        ExaminedJvm examined = new ExaminedJvmBuilder()
                .zgc()
                .unprivileged()
                .limit(limit, limit)
                .build();

        List<Finding> findings = foresee(examined, options);

        assertThat(findings).hasSize(2);
        assertThat(findings.get(1).check()).isEqualTo("ZGC");
        assertThat(findings.get(1).severity()).isEqualTo(severity);
    }

    @Test
    void zgcDoesNotMatterWhereItsHeapIsNotSelected() throws Exception {
        assertThat(only(new ExaminedJvmBuilder().zgc().limited(4 * MIB), "mode=code")
                        .severity())
                .isEqualTo(Severity.WARN);
    }

    private static Finding only(ExaminedJvmBuilder examined, String options) throws Exception {
        List<Finding> findings = foresee(examined.build(), options);
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }

    private static List<Finding> foresee(ExaminedJvm examined, String text) throws OptionException {
        AgentOptions options = OptionParser.parse(text);
        return new PredictedLock(examined, MemoryNeed.of(examined, options.selection())).foresee(options);
    }
}
