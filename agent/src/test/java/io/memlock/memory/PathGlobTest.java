// SPDX-License-Identifier: Apache-2.0
package io.memlock.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathGlobTest {

    private static final int ROUNDS = 200_000;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/data/hot/**        | /data/hot/a/b        | true",
                "/data/hot/**        | /data/hot/.hidden    | true",
                "/data/hot/**        | /data/hot            | false",
                "/data/hot/**        | /data/hotter/a       | false",
                "/data/*.idx         | /data/a.idx          | true",
                "/data/*.idx         | /data/a/b.idx        | false",
                "/data/**.idx        | /data/a/b.idx        | true",
                "/data/seg?/x        | /data/seg1/x         | true",
                "/data/seg?/x        | /data/seg/x          | false",
                "/data/{a,b/c}/x     | /data/b/c/x          | true",
                "/data/{a,b/c}/x     | /data/b/x            | false",
                "/data/x{,.bak}      | /data/x              | true",
                "/data/\\*/x         | /data/*/x            | true",
                "/data/\\*/x         | /data/a/x            | false",
                "/data/[a]/x         | /data/a/x            | false",
                "/data/x             | /data/x (deleted)    | true",
                "/data/*             | /data/x (deleted)    | true",
                "/data/a?b           | /data/a\\012b        | true",
                "/data/a??b          | /data/a\\012b        | false",
                "/data/\u00e4*        | /data/\u00e4\u00f6      | true"
            })
    void fits(String glob, String path, boolean fits) {
        assertThat(PathGlob.isFittedByAny(path, List.of(PathGlob.of(glob)))).isEqualTo(fits);
    }

    @Test
    void fitsWhatTheGlobsOfTheJdkFit() {
        Random random = new Random(1);
        int fitting = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String glob = "/" + some(random, new String[] {"a", "b", "/", "*", "**", "?", "{", ",", "}", "\\", "."}, 9);
            String path = "/" + some(random, new String[] {"a", "b", "/", ".", "*", ",", "{"}, 7);
            if (PathGlob.problem(glob) == null) {
                // As a whole: Path takes what is superfluous out of a path.
                boolean theirs =
                        FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(Path.of(path));
                boolean ours = PathGlob.of(glob).fits(Path.of(path).toString());
                assertThat(ours).as("%s fits %s", glob, path).isEqualTo(theirs);
                fitting += ours ? 1 : 0;
            }
        }
        assertThat(fitting).isGreaterThan(ROUNDS / 200);
    }

    private static String some(Random random, String[] parts, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }

    @Test
    void noNameOfAFileMakesItSlow() {
        String glob = "/" + "{a,*a}*".repeat(PathGlob.LONGEST / 7 - 1) + "b";
        String path = "/" + "a".repeat(4 * 4096);

        assertTimeoutPreemptively(
                Duration.ofSeconds(30),
                () -> assertThat(PathGlob.of(glob).fits(path)).isFalse());
    }

    @Test
    void findsSeparatorsOutsideOfBracesOnly() {
        String list = "/a{1,2+3}/b\\+c+/d,e";

        assertThat(PathGlob.indexOfSeparator(list, '+', 0)).isEqualTo(list.indexOf("+/d"));
        assertThat(PathGlob.indexOfSeparator(list, ',', 0)).isEqualTo(list.lastIndexOf(','));
        assertThat(PathGlob.indexOfSeparator("/a{1", '+', 0)).isEqualTo(4);
        assertThat(PathGlob.indexOfSeparator("/a\\", '+', 0)).isEqualTo(3);
    }
}
