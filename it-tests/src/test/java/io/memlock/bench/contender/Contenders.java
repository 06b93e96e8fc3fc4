// SPDX-License-Identifier: Apache-2.0
package io.memlock.bench.contender;

import com.sun.jna.Native;
import io.memlock.it.harness.AgentJar;
import io.memlock.os.Linux;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Everybody who takes part. */
public final class Contenders {

    /** The name of {@link #currentFuture}. */
    public static final String CURRENT_FUTURE = "JNA, mlockall(C+F)";

    /** Us, as most use us. */
    public static final Contender MODE_ALL = ours("mode=all");

    /** Us, with the heap populated. */
    public static final Contender PREFAULT = ours("mode=all,prefault=heap");

    /** Us, with new memory born locked, also where the cgroup has so little room that we would not choose it. */
    public static final Contender FUTURE = ours("mode=all,strategy=future");

    /** Us, with regions that the keeper locks as they grow. */
    public static final Contender RESCAN = ours("mode=heap+code+metaspace,strategy=rescan");

    /** The flags of our own mlockall. */
    private static final int ON_FAULT = Linux.MCL_CURRENT | Linux.MCL_FUTURE | Linux.MCL_ONFAULT;

    private final Path emptyJar;
    private final Path mlockallJar;
    private final Path openHftJar;
    private final Path oneNioJar;

    /** Packs the agents into jars in a directory. */
    public Contenders(Path directory) {
        List<Path> libraries = ContenderJar.librariesOfThisJvm();
        emptyJar = ContenderJar.make(directory, EmptyAgent.class, List.of());
        mlockallJar = ContenderJar.make(directory, MlockallAgent.class, List.of(AgentJar.codeOf(Native.class)));
        openHftJar = ContenderJar.make(directory, OpenHftAgent.class, libraries);
        oneNioJar = ContenderJar.make(directory, OneNioAgent.class, libraries);
    }

    /** The baseline. */
    public static Contender none() {
        return new Contender(Contender.NO_AGENT, List.of());
    }

    /** An agent that does nothing. */
    public Contender empty() {
        return new Contender("empty agent", List.of("-javaagent:" + emptyJar));
    }

    /** The heap touched, nothing locked. */
    public static Contender alwaysPreTouch() {
        return new Contender("AlwaysPreTouch", List.of("-XX:+AlwaysPreTouch"));
    }

    /** JNA and {@code mlockall(MCL_CURRENT)}, what most servers do. */
    public Contender current() {
        return jna("JNA, mlockall(C)", Linux.MCL_CURRENT);
    }

    /** JNA and {@code mlockall(MCL_CURRENT|MCL_FUTURE)}. */
    public Contender currentFuture() {
        return jna(CURRENT_FUTURE, Linux.MCL_CURRENT | Linux.MCL_FUTURE);
    }

    /** JNA and the call we make. */
    public Contender onFault() {
        return jna("JNA, mlockall(C+F+OF)", ON_FAULT);
    }

    /** The heap touched, then locked: what most servers do and mean. */
    public Contender preTouchThenLock() {
        List<String> flags = new ArrayList<>(alwaysPreTouch().flags());
        flags.addAll(current().flags());
        return new Contender("AlwaysPreTouch, then JNA mlockall(C)", flags);
    }

    private Contender jna(String name, int flags) {
        return new Contender(name, List.of("-javaagent:" + mlockallJar + "=" + flags));
    }

    /** The jar of the JNA agent, for attaching it. */
    public Path mlockallJar() {
        return mlockallJar;
    }

    /** OpenHFT Posix. */
    public Contender openHft() {
        return new Contender("OpenHFT posix, MclCurrent", List.of("-javaagent:" + openHftJar + "=MclCurrent"));
    }

    /** one-nio. */
    public Contender oneNio() {
        int flags = Linux.MCL_CURRENT | Linux.MCL_FUTURE;
        return new Contender("one-nio, mlockall(C+F)", List.of("-javaagent:" + oneNioJar + "=" + flags));
    }

    /** Us. */
    public static Contender ours(String options) {
        return new Contender("ours, " + options, List.of(AgentJar.javaagent(options + ",log=quiet")));
    }

    /** Everybody, us in each mode. Options the jar does not know yet make a contender that fails, and says so. */
    public List<Contender> all() {
        return List.of(
                none(),
                alwaysPreTouch(),
                current(),
                currentFuture(),
                openHft(),
                oneNio(),
                MODE_ALL,
                ours("mode=heap+code+metaspace,strategy=future"),
                RESCAN,
                PREFAULT);
    }
}
