// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import io.memlock.log.LogLevel;
import io.memlock.log.Verbosity;

/**
 * The options that hold at the moment, shared by all who go by them. A later attach, or {@code lock} over JMX, puts others
 * in their place: all at once, so that nobody sees half of the old and half of the new.
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
