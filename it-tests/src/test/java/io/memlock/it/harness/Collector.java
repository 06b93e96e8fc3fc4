// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

/** The garbage collectors the agent is tried with. */
public enum Collector {
    SERIAL("-XX:+UseSerialGC"),
    PARALLEL("-XX:+UseParallelGC"),
    G1("-XX:+UseG1GC"),
    ZGC("-XX:+UseZGC"),
    SHENANDOAH("-XX:+UseShenandoahGC");

    private final String flag;

    Collector(String flag) {
        this.flag = flag;
    }

    /** The JVM flag that chooses it. */
    public String flag() {
        return flag;
    }
}
