// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import java.util.List;

/** The options of the agent. Parser, error messages and README's table all come from here. */
public enum Option {
    MODE(
            "mode",
            "`all`, `none`, or regions joined by `+` (`heap+code`)",
            "all",
            "what to lock; `none` loads the agent, which locks nothing until it is asked to by `attach` or over JMX",
            "all",
            "none"),
    EXCLUDE(
            "exclude",
            "regions joined by `+`, `nothing`",
            "mapped",
            "with `mode=all`, what to leave unlocked; a data file that the application maps would otherwise stay in RAM"
                    + " once it was read",
            "",
            "nothing"),
    MAPPED(
            "mapped",
            "globs joined by `+`, `none`",
            "none",
            "of the files that the application maps, lock these and no others, as in `mapped=/data/hot/**`;"
                    + " [docs/mapped-files.md](docs/mapped-files.md)"),
    STRATEGY(
            "strategy",
            "`auto`, `future`, `rescan`",
            "auto",
            "how new mappings are locked: born locked (`future`, needs unlimited locking), or found and locked by the"
                    + " keeper (`rescan`)"),
    TRACK(
            "track",
            "`on`, `off`",
            "on",
            "whether a file that is not to be locked is unlocked at the moment at which the application maps it, by a hook in"
                    + " the JDK; otherwise the keeper does it soon after. Only with `future`"),
    PREFAULT(
            "prefault",
            "regions joined by `+`, `none`",
            "none",
            "after locking, touch all committed pages of these regions before `main` starts, and populate what a growing"
                    + " heap commits later ahead of its use; `mode` must select them",
            "",
            "none"),
    ON_FAILURE(
            "on-failure",
            "`warn`, `exit`",
            "warn",
            "what happens at start when the promise cannot be kept; `exit` ends the JVM with status 77 before `main`"),
    INTERVAL("interval", "duration: `1s`, `500ms`", "1s", "the keeper's period, from `100ms` to `1h`"),
    JMX("jmx", "`on`, `off`", "on", "the MXBean `io.memlock:type=MemoryLock`"),
    JFR(
            "jfr",
            "`on`, `off`",
            "on",
            "events in Java Flight Recorder, while something is recorded; [docs/jfr.md](docs/jfr.md)"),
    LOG("log", "`quiet`, `info`, `debug`", "info", "stderr verbosity; `debug` prints where start-up time went"),
    CONFIG("config", "a path, `none`", "none", "a file with more options; [docs/options.md](docs/options.md)");

    private final String key;
    private final String accepts;
    private final String defaultValue;
    private final String meaning;

    /** The words that stand for all regions and for none, in place of a list; "" where there is no such word. */
    private final String wordForAll;

    private final String wordForNone;

    Option(String key, String accepts, String defaultValue, String meaning) {
        this(key, accepts, defaultValue, meaning, "", "");
    }

    Option(String key, String accepts, String defaultValue, String meaning, String wordForAll, String wordForNone) {
        this.key = key;
        this.accepts = accepts;
        this.defaultValue = defaultValue;
        this.meaning = meaning;
        this.wordForAll = wordForAll;
        this.wordForNone = wordForNone;
    }

    /** Tells whether the option says which memory, and so means little beside another {@code mode}. */
    boolean belongsToMode() {
        return this == EXCLUDE || this == MAPPED || this == PREFAULT;
    }

    /** Tells whether the value is a list of regions. */
    boolean isList() {
        return !wordForNone.isEmpty();
    }

    /** Returns the words that may stand in place of a list of regions. */
    List<String> wordsThatStandAlone() {
        return wordForAll.isEmpty() ? List.of(wordForNone) : List.of(wordForAll, wordForNone);
    }

    /** Returns the word for an empty list of regions; "" where the option takes no list. */
    String wordForNone() {
        return wordForNone;
    }

    /** Returns the name before the {@code =}. */
    public String key() {
        return key;
    }

    /** Returns what the option accepts, in Markdown. */
    public String accepts() {
        return accepts;
    }

    /** Returns the default, in the option's own syntax. */
    public String defaultValue() {
        return defaultValue;
    }

    /** Returns the meaning in one sentence, in Markdown. */
    public String meaning() {
        return meaning;
    }
}
