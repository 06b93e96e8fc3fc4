// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A guest that says too little has failed. */
class GuestRunTest {

    private static final String END = "== ended 0";

    @Test
    void readsResultsAndFacts() {
        GuestRun run = run(
                "== started",
                "== fact kernel 5.10.0-32-cloud-amd64",
                "== ok locks at start in little time: 83 ms, hello takes 140 ms (5 s)",
                "== FAIL lives under a limit of 64 KiB: it did not end well: killed",
                "== skip needs no swap in compressed memory under memory.max: this kernel has no zram",
                END);

        assertThat(run.fact("kernel")).contains("5.10.0-32-cloud-amd64");
        assertThat(run.results())
                .containsExactly(
                        new GuestRun.Result("locks at start in little time", "ok", "83 ms, hello takes 140 ms (5 s)"),
                        new GuestRun.Result("lives under a limit of 64 KiB", "FAIL", "it did not end well: killed"),
                        new GuestRun.Result(
                                "needs no swap in compressed memory under memory.max",
                                "skip",
                                "this kernel has no zram"));
    }

    @Test
    void failsWhereTheGuestEndsTooSoon() {
        GuestRun run = run("== started", "== ok locks at start in little time: 83 ms", "Kernel panic - not syncing");

        GuestRun.Result last = run.results().get(1);
        assertThat(last.isFailure()).isTrue();
        assertThat(last.detail()).contains("Kernel panic");
    }

    @Test
    void failsWhereTheListEndsWithAnError() {
        GuestRun run = run("== ok locks at start in little time: 83 ms", "== ended 1");

        assertThat(run.results()).hasSize(2).last().matches(GuestRun.Result::isFailure);
    }

    @Test
    void failsWhereNothingWasTried() {
        GuestRun run = run("== started", END);

        assertThat(run.results()).singleElement().matches(GuestRun.Result::isFailure);
    }

    private static GuestRun run(String... console) {
        GuestRun run = new GuestRun(GuestKernel.LINUX_5_10, GuestJdk.JDK_17, "short");
        List.of(console).forEach(run::add);
        run.end();
        return run;
    }
}
