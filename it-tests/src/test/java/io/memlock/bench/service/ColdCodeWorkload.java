// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.service;

import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;

/** Calls code that is needed seldom: of many classes, each request runs a group, and each group's turn comes late. */
final class ColdCodeWorkload implements Workload {

    private static final int GROUPS = 50;
    private static final int CLASSES_PER_GROUP = 40;

    /** Enough for the first compiler, so that there is compiled code to go cold. */
    private static final int WARM_UP_CALLS = 300;

    private final List<ColdPath> paths = new ArrayList<>();

    ColdCodeWorkload() throws Exception {
        byte[] template;
        try (InputStream in = ColdCodeWorkload.class.getResourceAsStream("ColdCodeWorkload$Copied.class")) {
            template = in.readAllBytes();
        }
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        for (int i = 0; i < GROUPS * CLASSES_PER_GROUP; i++) {
            Class<?> copy = lookup.defineHiddenClass(template, true).lookupClass();
            ColdPath path = (ColdPath) copy.getDeclaredConstructor().newInstance();
            for (int call = 0; call < WARM_UP_CALLS; call++) {
                path.run(call);
            }
            paths.add(path);
        }
    }

    @Override
    public long serve(long number, double progress) {
        int group = (int) (number % GROUPS);
        long sum = 0;
        for (int i = 0; i < CLASSES_PER_GROUP; i++) {
            sum += paths.get(group * CLASSES_PER_GROUP + i).run(number);
        }
        return sum;
    }

    /** One of many classes. */
    interface ColdPath {

        /** Computes something. */
        long run(long input);
    }

    /** What the many classes are copies of. */
    static final class Copied implements ColdPath {

        private long state;

        @Override
        public long run(long input) {
            StringBuilder text = new StringBuilder();
            text.append(input).append('/').append(state);
            for (int i = 0; i < text.length(); i++) {
                state = mix(state, text.charAt(i));
            }
            return state;
        }

        private static long mix(long value, char next) {
            return switch (next % 4) {
                case 0 -> value * 31 + next;
                case 1 -> Long.rotateLeft(value, 7) ^ next;
                case 2 -> value - next;
                default -> Math.floorMod(value, 1_000_003) + next;
            };
        }
    }
}
