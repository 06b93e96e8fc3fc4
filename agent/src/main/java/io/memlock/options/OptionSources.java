// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import io.memlock.log.PlainText;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Gathers options from where they are given: first the agent's own argument, then the environment variable
 * {@link #VARIABLE}, then the file that one of them names by {@code config}. Each option is taken from the first source
 * that gives it. If a source gives {@code mode}, the later ones' options about which memory to lock are ignored.
 *
 * <p>Runs on the way to the lock: plain loops.
 */
public final class OptionSources {

    public static final String VARIABLE = "MEMLOCK_OPTIONS";

    static final int LARGEST_FILE_BYTES = 64 << 10;

    private static final String ARGUMENT = "";

    /** What each place gives, by the place. */
    private final Map<String, Map<Option, String>> sources = new LinkedHashMap<>();

    private final Map<Option, String> values = new EnumMap<>(Option.class);
    private final Map<Option, String> origins = new EnumMap<>(Option.class);
    private final AgentOptions options;

    private OptionSources(String argument, String variable) throws OptionException {
        add(ARGUMENT, argument, false);
        if (!variable.isEmpty()) {
            add(VARIABLE, variable, values.containsKey(Option.MODE));
        }
        String config = values.remove(Option.CONFIG);
        if (config != null && !config.equals(Option.CONFIG.defaultValue())) {
            addFile(config, origins.get(Option.CONFIG));
        }
        options = checked(config != null || !variable.isEmpty() ? joined() : argument);
    }

    /**
     * Reads them.
     *
     * @param argument what was given to the agent; null or empty if nothing
     * @param variable the value of {@link #VARIABLE}; null or empty where it is not set or does not count
     * @return the options together
     * @throws OptionException if any part is not understood, or the file cannot be read; the message names place and part
     */
    public static OptionSources read(String argument, String variable) throws OptionException {
        return new OptionSources(argument == null ? "" : argument, variable == null ? "" : variable.strip());
    }

    /** Returns the options; their text is what would give the same in one argument. */
    public AgentOptions options() {
        return options;
    }

    /** Describes where each option comes from: {@code mode=heap from the agent's argument, log=debug from MEMLOCK_OPTIONS}. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Option, String> value : values.entrySet()) {
            String origin = origins.get(value.getKey());
            text.append(text.length() == 0 ? "" : ", ")
                    .append(value.getKey().key())
                    .append('=')
                    .append(value.getValue())
                    .append(" from ")
                    .append(origin.isEmpty() ? "the agent's argument" : origin);
        }
        return text.length() == 0 ? "none given" : text.toString();
    }

    private void add(String place, String text, boolean isModeGiven) throws OptionException {
        Map<Option, String> given;
        try {
            given = OptionParser.split(text);
        } catch (OptionException e) {
            throw e.at(place);
        }
        sources.put(place, given);
        for (Map.Entry<Option, String> one : given.entrySet()) {
            Option option = one.getKey();
            if (!values.containsKey(option) && !(isModeGiven && option.belongsToMode())) {
                values.put(option, one.getValue());
                origins.put(option, place);
            }
        }
    }

    private void addFile(String path, String namedAt) throws OptionException {
        String[] lines = text(path, namedAt).split("\n", -1);
        Map<Option, String> inFile = new EnumMap<>(Option.class);
        boolean isModeGiven = values.containsKey(Option.MODE);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].strip();
            if (line.isEmpty() || line.charAt(0) == '#') {
                continue;
            }
            String place = PlainText.of(path) + ", line " + (i + 1);
            add(place, line, isModeGiven);
            for (Map.Entry<Option, String> one : sources.get(place).entrySet()) {
                if (one.getKey() == Option.CONFIG) {
                    throw new OptionException("a file of options cannot name another file; leave config out").at(place);
                }
                String other = inFile.put(one.getKey(), one.getValue());
                if (other != null) {
                    throw OptionErrors.twice(one.getKey(), other, one.getValue())
                            .at(place);
                }
            }
        }
    }

    private static String text(String path, String namedAt) throws OptionException {
        File file = new File(path);
        if (!file.isFile()) { // a pipe would keep the JVM waiting
            throw unreadable(file, file.exists() ? "it is not a regular file" : "there is no such file", namedAt);
        }
        byte[] bytes;
        try (FileInputStream in = new FileInputStream(file)) {
            bytes = in.readNBytes(LARGEST_FILE_BYTES + 1);
        } catch (IOException e) {
            throw unreadable(file, e.getMessage(), namedAt);
        }
        if (bytes.length > LARGEST_FILE_BYTES) {
            throw unreadable(file, "it is larger than " + (LARGEST_FILE_BYTES >> 10) + " KiB", namedAt);
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
            throw unreadable(file, "it is not in UTF-8", namedAt);
        }
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    private static OptionException unreadable(File file, String why, String namedAt) {
        return new OptionException("cannot read config=" + PlainText.of(file.getPath()) + ": " + why
                        + (file.isAbsolute() ? "" : " (its path begins at " + new File("").getAbsolutePath() + ")"))
                .at(namedAt);
    }

    private AgentOptions checked(String text) throws OptionException {
        try {
            return OptionParser.options(text, values);
        } catch (OptionException e) {
            throw sources.size() == 1 ? e : located(e);
        }
    }

    /**
     * Returns the error at the place that makes the same mistake by what counts of it; otherwise names all. Alone a place may
     * be wrong where it is right together with others.
     */
    private OptionException located(OptionException together) {
        for (String place : sources.keySet()) {
            Map<Option, String> counting = new EnumMap<>(Option.class);
            for (Map.Entry<Option, String> value : values.entrySet()) {
                if (place.equals(origins.get(value.getKey()))) {
                    counting.put(value.getKey(), value.getValue());
                }
            }
            try {
                OptionParser.options("", counting);
            } catch (OptionException own) {
                if (own.getMessage().equals(together.getMessage())) {
                    return own.at(place);
                }
            }
        }
        return together.at("taken together (" + describe() + ")");
    }

    private String joined() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Option, String> value : values.entrySet()) {
            text.append(text.length() == 0 ? "" : ",")
                    .append(value.getKey().key())
                    .append('=')
                    .append(value.getValue());
        }
        return text.toString();
    }
}
