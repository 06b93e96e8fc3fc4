// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import static io.memlock.doctor.ExaminedJvmBuilder.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.memlock.doctor.Finding.Severity;
import io.memlock.memory.Region;
import io.memlock.options.OptionParser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlagsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-Xms64m -Xmx64m                 | OK",
                "-Xms4m -Xms64m -Xmx64m          | OK",
                "-XX:InitialHeapSize=0x4000000   | OK",
                "-Xms64m -Xms4m                  | NOTE",
                "-Xms4m -Xmx64m                  | NOTE",
                "-Xmx64m                         | NOTE"
            })
    void aHeapOfFixedSizeIsBest(String options, Severity severity) throws Exception {
        assertThat(find(examined(options), "mode=heap", "heap size").severity()).isEqualTo(severity);
    }

    @Test
    void aHeapThatGrowsIsBornLockedOrLockedAMomentLater() throws Exception {
        assertThat(find(examined("-Xms4m"), "mode=all,exclude=mapped", "heap size")
                        .evidence())
                .isEqualTo("the heap grows from 4.0 MiB up to 64.0 MiB: new memory is born locked");
        assertThat(find(examined("-Xms4m"), "mode=heap", "heap size").evidence())
                .as("strategy=auto takes rescan where more than files is left out")
                .contains("a moment after");
        assertThat(find(examined("-Xms4m"), "strategy=rescan", "heap size").evidence())
                .contains("a moment after");
        assertThat(find(examined("").limited(8 * MIB), "mode=heap", "heap size").evidence())
                .startsWith("the heap grows up to 64.0 MiB: new memory is locked a moment after")
                .contains("-Xms equal to -Xmx");
        assertThat(find(examined("").zgc().limited(8 * MIB), "mode=heap", "heap size")
                        .evidence())
                .as("with ZGC it does not help")
                .doesNotContain("-Xms equal to");
        assertThat(find(examined("").heapMax(-1), "mode=all", "heap size").evidence())
                .isEqualTo("the heap grows: new memory is born locked");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-XX:+AlwaysPreTouch                       | mode=heap                | OK",
                "-XX:+AlwaysPreTouch -XX:-AlwaysPreTouch   | mode=heap                | NOTE",
                "''                                        | mode=heap,prefault=heap  | OK",
                "''                                        | prefault=code            | NOTE",
                "''                                        | mode=heap                | NOTE"
            })
    void preTouchOrPrefaultTouchesTheHeapBeforehand(String options, String agent, Severity severity) throws Exception {
        assertThat(find(examined(options), agent, "prefault").severity()).isEqualTo(severity);
    }

    @Test
    void theHeapDoesNotMatterWhereItIsNotSelected() throws Exception {
        assertThat(new Flags(examined("").build()).findings(OptionParser.parse("mode=code"), false))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-XX:AOTCache=app.aot                             | /srv/app.aot             | OK",
                "-XX:AOTCache=link.aot                            | /srv/app.aot             | OK",
                "-XX:SharedArchiveFile=/srv/app.jsa               | /srv/app.jsa             | OK",
                "-XX:AOTCache=app.aot                             | /jdk/lib/server/base.jsa | NOTE",
                "-XX:SharedArchiveFile=/srv/app.jsa               | /jdk/lib/server/base.jsa | NOTE",
                "-XX:SharedArchiveFile=/jdk/lib/server/base.jsa   | /jdk/lib/server/base.jsa | none",
                "-XX:AOTCache=app.aot -XX:AOTMode=off             | /jdk/lib/server/base.jsa | none",
                "-XX:SharedArchiveFile=/srv/app.jsa -Xshare:off   | /jdk/lib/server/base.jsa | none",
                "''                                               | /jdk/lib/server/base.jsa | none"
            })
    void aCacheOfClassesIsInUseWhereItIsMapped(String options, String mapped, String severity) throws Exception {
        ExaminedJvmBuilder examined = examined(options).segment(Region.CDS, 0x8000_0000L, MIB, "rw", mapped);

        assertThat(new Flags(examined.build())
                        .findings(OptionParser.parse("mode=code"), false).stream()
                                .map(finding -> finding.check() + " " + finding.severity()))
                .isEqualTo(severity.equals("none") ? List.of() : List.of("class cache " + severity));
    }

    @Test
    void theCacheOfAJdkInAChrootIsTheJdksOwn() throws Exception {
        ExaminedJvmBuilder examined = examined("-XX:AOTCache=app.aot")
                .inChroot("/srv/jail")
                .segment(Region.CDS, 0x8000_0000L, MIB, "rw", "/srv/jail/jdk/lib/server/classes.jsa");

        assertThat(find(examined, "mode=heap", "class cache").evidence()).contains("does not use it");
    }

    @Test
    void aFlagThatIsNotKnownMayHaveBeenGiven() throws Exception {
        for (String check : List.of("heap size", "prefault")) {
            assertThat(find(examined("").flagsUnknown(), "mode=heap", check))
                    .isEqualTo(Finding.note(check, "not known: some of the JVM's flags cannot be read"));
        }
        assertThat(find(examined("-Xms64m -Xmx64m").flagsUnknown(), "mode=heap", "heap size")
                        .severity())
                .isEqualTo(Severity.OK);
    }

    private static ExaminedJvmBuilder examined(String options) {
        return new ExaminedJvmBuilder().options(options.isBlank() ? new String[0] : options.split(" +", -1));
    }

    private static Finding find(ExaminedJvmBuilder examined, String options, String check) throws Exception {
        List<Finding> findings = new Flags(examined.build()).findings(OptionParser.parse(options), false);
        return findings.stream()
                .filter(finding -> finding.check().equals(check))
                .findFirst()
                .orElseThrow();
    }
}
