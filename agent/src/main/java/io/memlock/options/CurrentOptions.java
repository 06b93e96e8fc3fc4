// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import io.memlock.log.LogLevel;
import io.memlock.log.Verbosity;

/**
 * Holds the options in force, for all classes that follow them. A later attach, or {@code lock} over JMX, replaces them
 * all at once, so that nobody sees a mixture of old and new.
 */
public final class CurrentOptions implements Verbosity {

    private volatile AgentOptions options;

    public CurrentOptions(AgentOptions options) {
        this.options = options;
    }

    public AgentOptions get() {
        return options;
    }

    public void replaceBy(AgentOptions others) {
        options = others;
    }

    @Override
    public LogLevel level() {
        return options.log();
    }
}
