// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

/** Every option of the agent, once: parser, error messages, help and the README's table all come from here. */
public enum Option {
    MODE(
            "mode",
            "`all`, `none`, or regions joined by `+` (`heap+code`)",
            "all",
            "what to lock; `none` loads the agent and locks nothing until asked over JMX"),
    EXCLUDE(
            "exclude",
            "regions joined by `+`, `nothing`",
            "mapped",
            "with `mode=all`, what to leave unlocked; data files the application maps would otherwise be pinned as they"
                    + " are read"),
    STRATEGY(
            "strategy",
            "`auto`, `future`, `rescan`",
            "auto",
            "how new mappings are locked: born locked (`future`, needs unlimited locking), or found and locked by the"
                    + " keeper (`rescan`)"),
    PREFAULT(
            "prefault",
            "regions joined by `+`, `none`",
            "none",
            "fault what is committed of these in after locking, before `main` runs; they must be selected by `mode`"),
    ON_FAILURE(
            "on-failure",
            "`warn`, `exit`",
            "warn",
            "what happens at start when the promise cannot be kept; `exit` ends the JVM with status 77 before `main`"),
    INTERVAL("interval", "duration: `1s`, `500ms`", "1s", "the keeper's period, from `100ms` to `1h`"),
    JMX("jmx", "`on`, `off`", "on", "the MXBean `io.memlock:type=MemoryLock`"),
    LOG("log", "`quiet`, `info`, `debug`", "info", "stderr verbosity; `debug` prints where start-up time went");

    private final String key;
    private final String accepts;
    private final String defaultValue;
    private final String meaning;

    Option(String key, String accepts, String defaultValue, String meaning) {
        this.key = key;
        this.accepts = accepts;
        this.defaultValue = defaultValue;
        this.meaning = meaning;
    }

    /** The name before the {@code =}. */
    public String key() {
        return key;
    }

    /** What it accepts, in Markdown. */
    public String accepts() {
        return accepts;
    }

    /** What holds when it is not given, in the option's own syntax. */
    public String defaultValue() {
        return defaultValue;
    }

    /** One sentence, in Markdown. */
    public String meaning() {
        return meaning;
    }
}
