// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.faults;

import io.memlock.it.cli.Memlock;
import io.memlock.it.harness.ForkedJvm;
import io.memlock.it.harness.Jdk;
import io.memlock.it.harness.Wrappers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A row of the matrix.
 *
 * @param name what is wrong with the machine
 * @param options of the agent
 * @param states what the agent may say of it; {@code absent} if there is no MXBean
 * @param wrapper what makes it so, outermost first
 * @param flags of the JVM
 * @param life what the application does
 */
record Fault(
        String name, String options, Set<String> states, List<String> wrapper, List<String> flags, List<String> life) {

    static final String ABSENT = "absent";

    /** Of 65,530, where nobody has set vm.max_map_count to another number. */
    private static final String MAPPINGS = "mappings 60000";

    private static final List<String> SHORT = List.of("heap 24", "threads 20", "classes 50", "direct 4", "exec");

    private static final List<String> LONG =
            List.of("heap 120", "threads 500", "classes 1500", "libraries", "direct 32", "heap 40", "exec");

    /** A user who has the one capability, as {@code AmbientCapabilities=CAP_IPC_LOCK} of a unit gives it. */
    private static final String NOBODY =
            "setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=+ipc_lock" + " --ambient-caps=+ipc_lock";

    static Fault of(String name, String states, String options) {
        return new Fault(
                name, options, Set.of(states.split("\\|", -1)), List.of(), List.of("-Xms16m", "-Xmx96m"), SHORT);
    }

    Fault under(List<String> more) {
        List<String> all = new ArrayList<>(wrapper);
        all.addAll(more);
        return new Fault(name, options, states, List.copyOf(all), flags, life);
    }

    /** With a limit and without the right to ignore it. */
    Fault limit(long bytes) {
        return under(Wrappers.memlockLimit(bytes)).under(Wrappers.withoutIpcLock());
    }

    /** As a user who may lock without a limit, and nothing else; root would not be kept from reading. */
    Fault nobody(String script) {
        return under(Wrappers.privateMounts(script + "\nexec " + NOBODY + " \"$@\""));
    }

    Fault mounts(String script) {
        return under(Wrappers.privateMounts(script));
    }

    /** Behind a filter that answers calls with an error number. */
    Fault seccomp(int errno, String calls) {
        return under(Wrappers.mainClass(SeccompLauncher.class, Integer.toString(errno), calls));
    }

    /** Behind a filter that ends the process for some calls. */
    Fault killing(String calls) {
        return under(Wrappers.mainClass(SeccompLauncher.class, SeccompLauncher.KILL, calls));
    }

    Fault flags(String... more) {
        return new Fault(name, options, states, wrapper, List.of(more), life);
    }

    Fault longLife() {
        return new Fault(name, options, states, wrapper, List.of("-Xms16m", "-Xmx256m"), LONG);
    }

    private Fault first(String stage) {
        List<String> all = new ArrayList<>(List.of(stage));
        all.addAll(life);
        return new Fault(name, options, states, wrapper, flags, List.copyOf(all));
    }

    /** Whether it has nearly as many mappings as a process may have by default. */
    boolean usesUpMappings() {
        return life.contains(MAPPINGS);
    }

    Fault usingUpMappings() {
        return first(MAPPINGS);
    }

    /** Whether what the agent comes to does not depend on what the application does. */
    boolean isForeseeable() {
        return !life.equals(LONG);
    }

    ForkedJvm.Builder on(Jdk jdk) {
        return on(jdk, FaultApp.class.getName());
    }

    ForkedJvm.Builder on(Jdk jdk, String main, String... arguments) {
        return ForkedJvm.on(jdk)
                .wrapper(wrapper)
                .flags("-XX:+UseSerialGC", Memlock.C1_ONLY)
                .flags(flags.toArray(String[]::new))
                .main(main, arguments);
    }

    @Override
    public String toString() {
        return name;
    }
}
