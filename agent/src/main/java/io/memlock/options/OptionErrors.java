// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import io.memlock.log.PlainText;
import io.memlock.memory.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Builds the messages about an options text that is wrong: each names the bad part and what is accepted, on one line. */
final class OptionErrors {

    /** Longer parts are cut: enough to find it again in what was typed. */
    private static final int LONGEST_SHOWN = 40;

    private OptionErrors() {}

    /** Reports a word that is none of those accepted. */
    static OptionException unknown(String what, String found, String where, List<String> accepted) {
        String nearest = NearestWord.to(found, accepted);
        String list = asList(found, accepted);
        String hint = list != null
                ? "; a list is joined by '+', as in " + list + ";"
                : nearest == null ? ";" : "; did you mean '" + nearest + "'?";
        return new OptionException(
                "unknown " + what + " '" + shown(found) + "'" + where + hint + " accepted: " + listed(accepted));
    }

    /** Returns the list of regions that was meant, if they are joined in another way than by +; otherwise null. */
    private static String asList(String found, List<String> accepted) {
        List<String> words = List.of(found.strip().split("[^A-Za-z]+", -1));
        boolean areRegions =
                accepted.containsAll(words) && names(Region.values()).containsAll(words);
        return words.size() > 1 && areRegions ? String.join("+", words) : null;
    }

    /** Returns a list of regions as it was meant; null if one of them is none. */
    private static String regions(String list) {
        List<String> meant = new ArrayList<>();
        for (String word : list.split("\\+", -1)) {
            meant.add(NearestWord.to(word, names(Region.values())));
        }
        return meant.contains(null) ? null : String.join("+", meant);
    }

    /** Reports a part without a value. */
    static OptionException notKeyValue(String part, Option before, String valueBefore, List<String> keys) {
        if (part.isEmpty()) {
            return new OptionException(
                    "an option is missing beside a comma: options are key=value, separated by commas");
        }
        if (before != null && before.isList()) {
            String more = regions(part);
            return new OptionException("cannot read '" + shown(part) + "': a list is joined by '+'"
                    + (more == null
                            ? ", as in " + before.key() + "=heap+code"
                            : ", so write " + before.key() + "=" + shown(valueBefore + "+" + more)));
        }
        if (before == Option.MAPPED && part.startsWith("/")) {
            return new OptionException("cannot read '" + shown(part) + "': a list is joined by '+', so write "
                    + before.key() + "=" + shown(valueBefore + "+" + part));
        }
        String nearest = NearestWord.to(part, keys);
        return new OptionException("cannot read '" + shown(part) + "': options are key=value, separated by commas"
                + (nearest == null ? "; keys are " + listed(keys) : "; did you mean '" + nearest + "=...'?"));
    }

    static OptionException twice(Option option, String first, String second) {
        return new OptionException("option '" + option.key() + "' is given twice: as '" + shown(first) + "' and as '"
                + shown(second) + "'");
    }

    /** Reports an option with nothing behind its {@code =}. */
    static OptionException empty(Option option) {
        return new OptionException("option '" + option.key() + "' has no value; it takes "
                + option.accepts().replace("`", ""));
    }

    /** Reports a list with nothing between two {@code +}, or before or behind one. */
    static OptionException gap(Option option, String list) {
        return new OptionException(
                "a region is missing beside a '+' in " + option.key() + "=" + shown(list) + ": write it as heap+code");
    }

    /** Reports a word that means a whole selection, in a list of regions. */
    static OptionException standsAlone(Option option, String word, String list) {
        return new OptionException("'" + word + "' must stand alone, not in a list as in " + option.key() + "="
                + shown(list) + ": write " + option.key() + "=" + word + ", or name regions only");
    }

    /** Returns a part as it was typed, harmless and of a length that can be printed. */
    static String shown(String text) {
        String plain = PlainText.quoted(text, LONGEST_SHOWN);
        return text.length() <= LONGEST_SHOWN ? plain : plain + " (" + text.length() + " characters)";
    }

    static String listed(List<String> words) {
        return String.join(", ", words);
    }

    /** Returns the names of an enum's constants in options. */
    static <E extends Enum<E>> List<String> names(E[] constants) {
        List<String> names = new ArrayList<>();
        for (E constant : constants) {
            names.add(constant.name().toLowerCase(Locale.ROOT));
        }
        return names;
    }
}
