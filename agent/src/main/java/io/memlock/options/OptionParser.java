// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import io.memlock.hotspot.Region;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads {@code key=value,key=value}. Runs in every starting JVM, on the way to the lock: plain loops, no regular
 * expressions.
 */
public final class OptionParser {

    private static final long MIN_INTERVAL_MILLIS = 100;
    private static final long MAX_INTERVAL_MILLIS = 3_600_000;

    private OptionParser() {}

    /**
     * Reads an options text.
     *
     * @param text the options, null or empty for the defaults
     * @return the options
     * @throws OptionException if any part is not understood; the message names it and what would do
     */
    public static AgentOptions parse(String text) throws OptionException {
        Map<Option, String> given = split(text == null ? "" : text);

        String modeText = value(given, Option.MODE);
        LockMode mode =
                modeText.equals("all") ? LockMode.ALL : modeText.equals("none") ? LockMode.NONE : LockMode.REGIONS;
        if (mode != LockMode.ALL && given.containsKey(Option.EXCLUDE)) {
            throw new OptionException("'exclude' goes with mode=all only; with mode=" + modeText + " leave it out");
        }
        List<Region> none = Collections.emptyList();
        String excludeText = value(given, Option.EXCLUDE);
        String prefaultText = value(given, Option.PREFAULT);
        AgentOptions options = new AgentOptions(
                mode,
                mode == LockMode.REGIONS ? regions("mode", modeText, "all", "none") : none,
                mode == LockMode.ALL && !excludeText.equals("nothing")
                        ? regions("region in exclude", excludeText, "nothing")
                        : none,
                choice(given, Option.STRATEGY, StrategyChoice.values()),
                prefaultText.equals("none") ? none : regions("region in prefault", prefaultText, "none"),
                choice(given, Option.ON_FAILURE, OnFailure.values()),
                interval(value(given, Option.INTERVAL)),
                choice(given, Option.JMX, Switch.values()) == Switch.ON,
                choice(given, Option.LOG, LogLevel.values()));
        for (Region region : options.prefault()) {
            if (!options.selection().contains(region)) {
                throw new OptionException("cannot prefault '" + region.optionName() + "': mode=" + modeText
                        + (mode == LockMode.ALL ? ",exclude=" + excludeText : "") + " does not lock it");
            }
        }
        return options;
    }

    private static Map<Option, String> split(String text) throws OptionException {
        Map<Option, String> given = new EnumMap<>(Option.class);
        int start = 0;
        while (start < text.length()) {
            int comma = text.indexOf(',', start);
            int end = comma < 0 ? text.length() : comma;
            String part = text.substring(start, end);
            int equals = part.indexOf('=');
            if (equals <= 0) {
                throw new OptionException("cannot read '" + part
                        + "': options are key=value, separated by commas; keys are " + listed(keys()));
            }
            Option option = option(part.substring(0, equals));
            String value = part.substring(equals + 1);
            if (value.isEmpty()) {
                throw new OptionException(
                        "option '" + option.key() + "' has no value; it takes " + plain(option.accepts()));
            }
            if (given.put(option, value) != null) {
                throw new OptionException("option '" + option.key() + "' is given twice");
            }
            start = end + 1;
        }
        return given;
    }

    private static Option option(String key) throws OptionException {
        for (Option option : Option.values()) {
            if (option.key().equals(key)) {
                return option;
            }
        }
        throw unknown("option", key, keys());
    }

    private static String value(Map<Option, String> given, Option option) {
        return given.getOrDefault(option, option.defaultValue());
    }

    private static List<Region> regions(String what, String text, String... otherWords) throws OptionException {
        List<Region> regions = new ArrayList<>();
        int start = 0;
        while (start <= text.length()) {
            int plus = text.indexOf('+', start);
            int end = plus < 0 ? text.length() : plus;
            Region region = region(what, text.substring(start, end), otherWords);
            if (regions.contains(region)) {
                throw new OptionException("region '" + region.optionName() + "' is named twice in '" + text + "'");
            }
            regions.add(region);
            start = end + 1;
        }
        return Collections.unmodifiableList(regions);
    }

    private static Region region(String what, String name, String... otherWords) throws OptionException {
        List<String> accepted = new ArrayList<>(List.of(otherWords));
        for (Region region : Region.values()) {
            if (region.optionName().equals(name)) {
                return region;
            }
            accepted.add(region.optionName());
        }
        throw unknown(what, name, accepted);
    }

    private static <E extends Enum<E>> E choice(Map<Option, String> given, Option option, E[] choices)
            throws OptionException {
        String text = value(given, option);
        List<String> accepted = new ArrayList<>();
        for (E choice : choices) {
            String name = choice.name().toLowerCase(Locale.ROOT);
            if (name.equals(text)) {
                return choice;
            }
            accepted.add(name);
        }
        throw unknown(option.key(), text, accepted);
    }

    private static long interval(String text) throws OptionException {
        long unit = text.endsWith("ms") ? 1 : text.endsWith("s") ? 1000 : text.endsWith("m") ? 60_000 : 3_600_000;
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        boolean known = List.of("ms", "s", "m", "h").contains(text.substring(digits));
        if (digits == 0 || digits > 9 || !known) {
            throw new OptionException(
                    "cannot read interval '" + text + "': a number and its unit, such as 1s or 500ms");
        }
        long millis = Long.parseLong(text.substring(0, digits)) * unit;
        if (millis < MIN_INTERVAL_MILLIS || millis > MAX_INTERVAL_MILLIS) {
            throw new OptionException("interval '" + text + "' is out of range: from 100ms to 1h");
        }
        return millis;
    }

    private static OptionException unknown(String what, String found, List<String> accepted) {
        String nearest = NearestWord.to(found, accepted);
        String hint = nearest == null ? ";" : "; did you mean '" + nearest + "'?";
        return new OptionException("unknown " + what + " '" + found + "'" + hint + " accepted: " + listed(accepted));
    }

    private static List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (Option option : Option.values()) {
            keys.add(option.key());
        }
        return keys;
    }

    private static String listed(List<String> words) {
        return String.join(", ", words);
    }

    private static String plain(String markdown) {
        return markdown.replace("`", "");
    }

    /** The values of an option that is switched on or off. */
    private enum Switch {
        ON,
        OFF
    }
}
