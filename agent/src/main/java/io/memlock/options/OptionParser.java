// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import io.memlock.log.LogLevel;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import io.memlock.memory.Selection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes {@link AgentOptions} of {@code key=value,key=value}. Runs in every starting JVM, on the way to the lock: plain
 * loops, no regular expressions.
 */
public final class OptionParser {

    private static final long MIN_INTERVAL_MILLIS = 100;
    private static final long MAX_INTERVAL_MILLIS = 3_600_000;

    /** Its value may have commas in it. */
    private static final String MAPPED = Option.MAPPED.key() + "=";

    private OptionParser() {}

    /**
     * Reads an options text that stands alone: no file is read for it.
     *
     * @param text the options, null or empty for the defaults
     * @return the options
     * @throws OptionException if any part is not understood; the message names it and what would do
     */
    public static AgentOptions parse(String text) throws OptionException {
        String options = text == null ? "" : text;
        Map<Option, String> given = split(options);
        String config = value(given, Option.CONFIG);
        if (!config.equals(Option.CONFIG.defaultValue())) {
            throw new OptionException(
                    "config=" + OptionErrors.shown(config)
                            + " is read when a JVM starts, and by the command line; here, give the options that are in the file");
        }
        return options(options, given);
    }

    /** Returns the options that are given, with the defaults for the others. */
    static AgentOptions options(String text, Map<Option, String> given) throws OptionException {
        Selection regions = selection(given);
        Selection selection =
                given.containsKey(Option.MAPPED) ? MappedGlobs.select(regions, given.get(Option.MAPPED)) : regions;
        List<Region> prefault = regions(Option.PREFAULT, value(given, Option.PREFAULT));
        for (Region region : prefault) {
            if (!selection.regions().contains(region)) {
                throw new OptionException("cannot prefault '" + region.optionName() + "': mode=" + regions.modeText()
                        + (regions.isIndivisible() ? ",exclude=" + regions.excludeText() : "")
                        + " does not lock it; select it as well, or leave it out of prefault");
            }
        }
        return new AgentOptions(
                text,
                selection,
                choice(given, Option.STRATEGY, StrategyChoice.values()),
                isOn(given, Option.TRACK),
                prefault,
                choice(given, Option.ON_FAILURE, OnFailure.values()),
                Durations.millis(
                        Option.INTERVAL.key(), value(given, Option.INTERVAL), MIN_INTERVAL_MILLIS, MAX_INTERVAL_MILLIS),
                isOn(given, Option.JMX),
                isOn(given, Option.JFR),
                choice(given, Option.LOG, LogLevel.values()));
    }

    private static Selection selection(Map<Option, String> given) throws OptionException {
        String mode = value(given, Option.MODE);
        if (mode.equals("all")) {
            return Selection.allBut(regions(Option.EXCLUDE, value(given, Option.EXCLUDE)));
        }
        if (given.containsKey(Option.EXCLUDE)) {
            throw new OptionException(
                    "'exclude' is for mode=all only; with mode=" + OptionErrors.shown(mode) + " leave it out");
        }
        return Selection.of(regions(Option.MODE, mode));
    }

    /** Takes a text apart; the values are not looked at. */
    static Map<Option, String> split(String text) throws OptionException {
        Map<Option, String> given = new EnumMap<>(Option.class);
        Option before = null;
        int start = 0;
        while (start < text.length()) {
            int comma = text.startsWith(MAPPED, start)
                    ? PathGlob.indexOfSeparator(text, ',', start)
                    : text.indexOf(',', start);
            int end = comma < 0 ? text.length() : comma;
            String part = text.substring(start, end);
            int equals = part.indexOf('=');
            if (equals <= 0) {
                throw OptionErrors.notKeyValue(part, before, before == null ? "" : given.get(before), keys());
            }
            Option option = option(part.substring(0, equals));
            String value = part.substring(equals + 1);
            if (value.isEmpty()) {
                throw OptionErrors.empty(option);
            }
            String other = given.put(option, value);
            if (other != null) {
                throw OptionErrors.twice(option, other, value);
            }
            before = option;
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
        throw OptionErrors.unknown("option", key, "", keys());
    }

    private static String value(Map<Option, String> given, Option option) {
        return given.getOrDefault(option, option.defaultValue());
    }

    /** A list of regions, empty for the word that means none; each region once. */
    private static List<Region> regions(Option option, String text) throws OptionException {
        if (text.equals(option.wordForNone())) {
            return Collections.emptyList();
        }
        List<Region> regions = new ArrayList<>();
        int start = 0;
        while (start <= text.length()) {
            int plus = text.indexOf('+', start);
            int end = plus < 0 ? text.length() : plus;
            Region region = region(option, text, text.substring(start, end));
            if (regions.contains(region)) {
                throw new OptionException("region '" + region.optionName() + "' is named twice in " + option.key() + "="
                        + OptionErrors.shown(text));
            }
            regions.add(region);
            start = end + 1;
        }
        return Collections.unmodifiableList(regions);
    }

    private static Region region(Option option, String list, String name) throws OptionException {
        for (Region region : Region.values()) {
            if (region.optionName().equals(name)) {
                return region;
            }
        }
        if (name.isEmpty()) {
            throw OptionErrors.gap(option, list);
        }
        boolean alone = list.equals(name);
        List<String> accepted = new ArrayList<>();
        for (String word : option.wordsThatStandAlone()) {
            if (word.equals(name)) {
                throw OptionErrors.standsAlone(option, word, list);
            }
            if (alone) {
                accepted.add(word);
            }
        }
        accepted.addAll(OptionErrors.names(Region.values()));
        throw OptionErrors.unknown("region", name, " in " + option.key(), accepted);
    }

    private static <E extends Enum<E>> E choice(Map<Option, String> given, Option option, E[] choices)
            throws OptionException {
        String text = value(given, option);
        for (E choice : choices) {
            if (choice.name().toLowerCase(Locale.ROOT).equals(text)) {
                return choice;
            }
        }
        throw OptionErrors.unknown("value", text, " of " + option.key(), OptionErrors.names(choices));
    }

    private static boolean isOn(Map<Option, String> given, Option option) throws OptionException {
        return choice(given, option, Switch.values()) == Switch.ON;
    }

    private static List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (Option option : Option.values()) {
            keys.add(option.key());
        }
        return keys;
    }

    /** The values of an option that is switched on or off. */
    private enum Switch {
        ON,
        OFF
    }
}
