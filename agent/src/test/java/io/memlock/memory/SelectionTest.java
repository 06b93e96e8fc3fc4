// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SelectionTest {

    private static final List<PathGlob> HOT = List.of(PathGlob.of("/hot/**"), PathGlob.of("/warm/x"));

    @Test
    void ofMappedFilesThoseThatAreChosenBelongToIt() {
        Selection all = Selection.allBut(List.of(Region.MAPPED)).withFiles(HOT);

        assertThat(all.contains(segment(Region.MAPPED, "/hot/a"))).isTrue();
        assertThat(all.contains(segment(Region.MAPPED, "/warm/x"))).isTrue();
        assertThat(all.contains(segment(Region.MAPPED, "/cold/a"))).isFalse();
        assertThat(all.contains(segment(Region.LIBS, "/cold/a.so"))).isTrue();
        assertThat(all.contains(Region.MAPPED)).isFalse();
        assertThat(all.isEverything()).isFalse();
        assertThat(all.isAllButFiles()).isTrue();
    }

    @Test
    void aChosenPathOfAnotherRegionIsNotOfIt() {
        assertThat(Selection.of(List.of(Region.HEAP)).withFiles(HOT).contains(segment(Region.LIBS, "/hot/a.so")))
                .isFalse();
    }

    @Test
    void isShownAsItWouldBeAskedFor() {
        Selection all = Selection.allBut(List.of()).withFiles(HOT);

        assertThat(all.modeText()).isEqualTo("all");
        assertThat(all.excludeText()).isEqualTo("mapped");
        assertThat(all.filesText()).isEqualTo("/hot/**+/warm/x");
        assertThat(all).isEqualTo(Selection.allBut(List.of(Region.MAPPED)).withFiles(HOT));
        assertThat(all).isNotEqualTo(Selection.allBut(List.of(Region.MAPPED)));
    }

    /** Under a limit this is the order in which they are locked. */
    @Test
    void filesComeWhereMappedIsNamedOtherwiseLast() {
        assertThat(Selection.of(List.of(Region.MAPPED, Region.HEAP))
                        .withFiles(HOT)
                        .modeText())
                .isEqualTo("mapped+heap");
        assertThat(Selection.of(List.of(Region.HEAP)).withFiles(HOT).modeText()).isEqualTo("heap+mapped");
    }

    private static Segment segment(Region region, String path) {
        Mapping mapping = new Mapping(0x1000, 0x2000, true, false, false, true, 0, 7, path, Backing.NONE);
        return new Segment(0x1000, 0x2000, region, Evidence.MAPPING_NAME, mapping);
    }
}
