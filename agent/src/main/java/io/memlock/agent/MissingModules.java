// SPDX-License-Identifier: Apache-2.0
package io.memlock.agent;

import io.memlock.log.Log;
import io.memlock.options.AgentOptions;

/**
 * Tells which modules a Java runtime lacks that was made by jlink, or that resolves few modules, and what the agent
 * cannot do without them.
 */
final class MissingModules {

    private MissingModules() {}

    /** Writes a line for each missing module; only at {@code log=debug} where the agent works as well without it. */
    static void tell(AgentOptions options, Log log) {
        if (options.jmx() && !exists("java.management")) {
            log.info("no MXBean: this Java runtime lacks the module java.management (add it with jlink --add-modules"
                    + " java.management, or set jmx=off)");
        }
        if (options.jfr() && !exists("jdk.jfr")) {
            log.debug("no events in Flight Recorder: this Java runtime lacks the module jdk.jfr");
        }
        if (!exists("jdk.management")) {
            log.debug("new metaspace is locked seconds to minutes late: this Java runtime lacks the"
                    + " module jdk.management");
        }
    }

    static boolean exists(String module) {
        return ModuleLayer.boot().findModule(module).isPresent();
    }
}
