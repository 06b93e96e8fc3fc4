// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import java.util.List;

/** The options of the agent. Parser, error messages and README's table all come from here. */
public enum Option {
    MODE(
            "mode",
            "`all`, `none`, or regions joined by `+` (`heap+code`)",
            "all",
            "what to lock; `none` locks nothing until `attach` or JMX asks for it",
            "all",
            "none"),
    EXCLUDE(
            "exclude",
            "regions joined by `+`, `nothing`",
            "mapped",
            "with `mode=all`, what to leave unlocked; by default the data files that the application maps, which would"
                    + " otherwise stay in RAM once they were read",
            "",
            "nothing"),
    MAPPED(
            "mapped",
            "globs joined by `+`, `none`",
            "none",
            "the only mapped files to lock, as in `mapped=/data/hot/**`;"
                    + " [docs/mapped-files.md](docs/mapped-files.md)"),
    STRATEGY(
            "strategy",
            "`auto`, `future`, `rescan`",
            "auto",
            "how new mappings are locked: by the kernel as they are created (`future`, needs unlimited locking), or"
                    + " soon after by the keeper, a thread of the agent (`rescan`)"),
    TRACK(
            "track",
            "`on`, `off`",
            "on",
            "with `future`, unlock a file that is not to be locked as soon as the application maps it, by a hook in"
                    + " the JDK; with `off` the keeper unlocks it a moment later"),
    PREFAULT(
            "prefault",
            "regions joined by `+`, `none`",
            "none",
            "after locking, touch all committed pages of these regions before `main` starts; with `heap`, also populate"
                    + " what a growing heap commits later ahead of its use; `mode` must select them",
            "",
            "none"),
    ON_FAILURE(
            "on-failure",
            "`warn`, `exit`",
            "warn",
            "what happens at start when the memory cannot be locked and kept locked; `exit` ends the JVM with status 77"
                    + " before `main`"),
    INTERVAL(
            "interval",
            "duration: `1s`, `500ms`",
            "1s",
            "how often the keeper verifies the lock, from `100ms` to `1h`"),
    JMX("jmx", "`on`, `off`", "on", "publish the MXBean `io.memlock:type=MemoryLock`"),
    JFR("jfr", "`on`, `off`", "on", "add events to recordings of Java Flight Recorder; [docs/jfr.md](docs/jfr.md)"),
    LOG(
            "log",
            "`quiet`, `info`, `debug`",
            "info",
            "how much goes to stderr; `debug` also shows where the time of the start went"),
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
