// SPDX-License-Identifier: Apache-2.0
package io.memlock.cli;

import io.memlock.attach.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The help that is shown when no command is named. */
@Command(
        name = "memlock",
        mixinStandardHelpOptions = true,
        versionProvider = RootCommand.Versions.class,
        header = "Shows and locks the memory of running JVMs.",
        description = {"", "\"memlock\" stands for \"java -jar memlock-agent.jar\".", ""},
        footer = {
            "",
            "Only attach and unlock change another JVM. The other commands read /proc; doctor without a PID tries the lock"
                    + " on its own memory, and report writes a file. To lock a JVM from its start:",
            "  java -javaagent:memlock-agent.jar=mode=all ...",
            "",
            "Exit status: 0 done, 1 no or failed, 2 wrong usage. That of check is its own: 0 to 3."
        },
        commandListHeading = "Commands:%n",
        synopsisSubcommandLabel = "COMMAND")
final class RootCommand {

    static final class Versions implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"memlock-agent " + Version.current()};
        }
    }
}
