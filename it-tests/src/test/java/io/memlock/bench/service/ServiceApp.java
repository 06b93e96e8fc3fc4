// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.service;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.HdrHistogram.Histogram;

/**
 * The service under test. Arguments: workload, megabytes of live set. Says {@code ready} when the live set is there; then
 * {@code warm RATE SECONDS}, {@code run RATE SECONDS} and {@code flood SECONDS} are answered with {@code done name=value …},
 * times in microseconds.
 */
public final class ServiceApp {

    /** Percentiles reported, each as {@code p99.9=…}; 100 is the maximum. */
    private static final double[] PERCENTILES = {50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 100};

    private ServiceApp() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        OpenLoop loop = new OpenLoop(Workload.of(args[0], Integer.parseInt(args[1])));
        say("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "warm" -> {
                    loop.warmUp(Double.parseDouble(words[1]), Double.parseDouble(words[2]));
                    say("done sink=" + loop.sink());
                }
                case "run" ->
                    say(describe(loop.run(Double.parseDouble(words[1]), Double.parseDouble(words[2])), loop.sink()));
                case "flood" -> say("done ops=" + loop.flood(Double.parseDouble(words[1])) + " sink=" + loop.sink());
                default -> throw new IllegalArgumentException(line);
            }
        }
    }

    private static String describe(Histogram latencies, long sink) {
        StringBuilder text = new StringBuilder("done");
        for (double percentile : PERCENTILES) {
            text.append(" p").append(name(percentile)).append('=');
            text.append(latencies.getValueAtPercentile(percentile) / 1e3);
        }
        return text.append(" requests=")
                .append(latencies.getTotalCount())
                .append(" sink=")
                .append(sink)
                .toString();
    }

    private static String name(double percentile) {
        return percentile == Math.rint(percentile) ? Integer.toString((int) percentile) : Double.toString(percentile);
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
