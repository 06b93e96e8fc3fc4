// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.memlock.bench.Plan;
import io.memlock.bench.Sample;
import io.memlock.bench.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps, when only some suites, cases or contenders are run, what an earlier run measured of the others. */
public final class EarlierRun {

    private EarlierRun() {}

    /** Adds the samples of what is not run now. */
    public static void addTo(Samples samples, Plan plan) throws IOException {
        Path data = plan.target().resolve("data.json");
        if (plan.wantsEverything() || !Files.isRegularFile(data)) {
            return;
        }
        ObjectMapper mapper = new ObjectMapper();
        JsonNode earlier = mapper.readTree(data.toFile());
        for (JsonNode node : earlier.path("samples")) {
            Sample sample = mapper.treeToValue(node, Sample.class);
            if (!plan.wants(sample.suite(), sample.caseName(), sample.contender())) {
                samples.add(sample);
            }
        }
        for (var failure : earlier.path("failures").properties()) {
            String[] key = failure.getKey().split(" \\| ", 3);
            if (!plan.wants(key[0], key[1], key[2])) {
                samples.cannot(key[0], key[1], key[2], failure.getValue().asText());
            }
        }
    }
}
