// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.doctor.Finding.Severity;
import io.memlock.fake.CountedFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelSettingsTest extends OnCapturedHost {

    @Test
    void nothingIsWrongWithTheCapturedKernel() {
        assertThat(new KernelSettings(host.proc())
                        .findings(200, new ExaminedJvmBuilder().build().deployment()))
                .hasSize(5)
                .allMatch(finding -> finding.severity() == Severity.OK, "OK");
    }

    @ParameterizedTest
    @CsvSource({
        "6.18.44-fc-v657, OK",
        "5.14.0-1.el9, OK",
        "5.13.9, NOTE",
        "4.4.0-210-generic, NOTE",
        "4.3.0, FAIL",
        "3.10.0-1160.el7.x86_64, FAIL",
        "vanilla, NOTE"
    })
    void theVersionTellsWhatIsThere(String release, Severity severity) {
        host.put("proc/sys/kernel/osrelease", release + "\n");

        assertThat(find("kernel").severity()).isEqualTo(severity);
        assertThat(find("kernel").evidence()).startsWith(release);
    }

    @ParameterizedTest
    @CsvSource({"52423, OK", "52424, WARN", "70000, WARN"})
    void mappingsRunOutAtFourFifths(int mappings, Severity severity) {
        Finding finding = find("mappings", mappings);

        assertThat(finding.severity()).isEqualTo(severity);
        assertThat(finding.evidence()).startsWith(mappings + " of vm.max_map_count=65530");
        assertThat(finding.remedy().contains("vm.max_map_count = ")).isEqualTo(severity == Severity.WARN);
    }

    @ParameterizedTest
    @CsvSource({
        "compaction, vm/compact_unevictable_allowed, 0, OK",
        "compaction, vm/compact_unevictable_allowed, 1, NOTE",
        "NUMA balancing, kernel/numa_balancing, 0, OK",
        "NUMA balancing, kernel/numa_balancing, 1, NOTE",
        "NUMA balancing, kernel/numa_balancing, 2, NOTE"
    })
    void whatMovesLockedPagesIsTold(String check, String setting, String value, Severity severity) {
        host.put("proc/sys/" + setting, value + "\n");

        assertThat(find(check).severity()).isEqualTo(severity);
        assertThat(find(check).evidence()).startsWith(setting.replace('/', '.') + "=" + value);
    }

    @ParameterizedTest
    @CsvSource({"[always] madvise never, NOTE", "always [madvise] never, OK", "always madvise [never], OK"})
    void hugePagesGrowWhatIsTouched(String modes, Severity severity) {
        host.put("sys/kernel/mm/transparent_hugepage/enabled", modes + "\n");

        assertThat(find("huge pages").severity()).isEqualTo(severity);
    }

    @Test
    void aHugePageIsAsLargeAsTheKernelSays() {
        host.put("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n");
        host.put("sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "33554432\n");

        assertThat(find("huge pages").evidence()).contains("one touch may make 32.0 MiB resident");
    }

    @Test
    void whatIsHiddenIsNotTakenForMissing() {
        host.remove("proc/sys/vm/compact_unevictable_allowed").remove("proc/sys/vm/max_map_count");
        host.remove("sys/kernel/mm/transparent_hugepage/enabled");
        assertThat(find("huge pages")).isEqualTo(Finding.ok("huge pages", "not in this kernel"));
        host.remove("sys/kernel/mm/transparent_hugepage").remove("sys/kernel/mm");

        assertThat(find("compaction"))
                .isEqualTo(Finding.note("compaction", "not known: /proc/sys cannot be read here"));
        assertThat(find("huge pages")).isEqualTo(Finding.note("huge pages", "not known: /sys cannot be read here"));
    }

    @Test
    void aFeatureThatIsMissingIsTold() {
        host.remove("proc/sys/kernel/numa_balancing");

        assertThat(find("NUMA balancing")).isEqualTo(Finding.ok("NUMA balancing", "not in this kernel"));
    }

    @Test
    void aSettingThatIsNotThereIsNotMadeUp() {
        host.remove("proc/sys/kernel/osrelease")
                .remove("proc/sys/vm/max_map_count")
                .remove("proc/sys/vm/compact_unevictable_allowed")
                .remove("proc/sys/kernel/numa_balancing")
                .remove("sys/kernel/mm/transparent_hugepage/enabled");

        assertThat(find("kernel").severity()).isEqualTo(Severity.NOTE);
        assertThat(find("mappings").severity()).isEqualTo(Severity.NOTE);
        assertThat(find("compaction"))
                .isEqualTo(Finding.note("compaction", "not known: /proc/sys cannot be read here"));
        assertThat(find("NUMA balancing"))
                .isEqualTo(Finding.note("NUMA balancing", "not known: /proc/sys cannot be read here"));
        assertThat(find("huge pages")).isEqualTo(Finding.ok("huge pages", "not in this kernel"));
    }

    @Test
    void readsTheVersionOnce() {
        CountedFiles files = new CountedFiles();
        host.remove("proc/sys/kernel/numa_balancing");

        new KernelSettings(host.proc().openedBy(files))
                .findings(200, new ExaminedJvmBuilder().build().deployment());

        assertThat(files.count("osrelease")).isEqualTo(1);
    }

    private Finding find(String check) {
        return find(check, 200);
    }

    private Finding find(String check, int mappings) {
        return new KernelSettings(host.proc())
                .findings(mappings, new ExaminedJvmBuilder().build().deployment()).stream()
                        .filter(finding -> finding.check().equals(check))
                        .findFirst()
                        .orElseThrow();
    }
}
