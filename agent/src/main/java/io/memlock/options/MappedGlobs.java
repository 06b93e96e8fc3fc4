// SPDX-License-Identifier: Apache-2.0
package io.memlock.options;

import io.memlock.log.PlainText;
import io.memlock.memory.PathGlob;
import io.memlock.memory.Region;
import io.memlock.memory.Selection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reads the option {@code mapped}. This class is loaded only if the option is given. */
final class MappedGlobs {

    private static final String SHARED_MEMORY = "/dev/shm/";

    /** What Java puts for a byte that the locale gives no meaning, as all that are not ASCII in the locale C. */
    private static final char UNREAD = '\ufffd';

    private MappedGlobs() {}

    /**
     * Returns a selection with the files that some patterns are for, and no others of those the application maps.
     *
     * @param regions what is selected besides
     * @param list the patterns, joined by {@code +}, or the word that means none
     * @throws OptionException if a pattern cannot be read, can fit no file, or is for what could not be locked
     */
    static Selection select(Selection regions, String list) throws OptionException {
        List<PathGlob> globs = read(list);
        if (!globs.isEmpty() && regions.isEmpty()) {
            throw new OptionException(
                    "'mapped' chooses what to lock, and mode=none locks nothing; to lock these files and"
                            + " nothing else write mode=mapped");
        }
        for (PathGlob glob : globs) {
            if (glob.toString().startsWith(SHARED_MEMORY) && !regions.contains(Region.SHM)) {
                throw new OptionException("mapped: '" + OptionErrors.shown(glob.toString())
                        + "' is for shared memory, which is the region shm: select that");
            }
        }
        return regions.withFiles(globs);
    }

    /** Returns each pattern once, in the order given; none for the word that means none. */
    private static List<PathGlob> read(String list) throws OptionException {
        if (list.equals(Option.MAPPED.defaultValue())) {
            return Collections.emptyList();
        }
        if (list.length() > PathGlob.LONGEST) {
            throw new OptionException("mapped=" + OptionErrors.shown(list) + " is too long: it takes at most "
                    + PathGlob.LONGEST + " characters");
        }
        List<PathGlob> globs = new ArrayList<>();
        for (String text : PathGlob.split(list)) {
            PathGlob glob = glob(list, text);
            if (globs.contains(glob)) {
                throw new OptionException("'" + OptionErrors.shown(glob.toString()) + "' is named twice in mapped="
                        + OptionErrors.shown(list));
            }
            globs.add(glob);
        }
        return Collections.unmodifiableList(globs);
    }

    private static PathGlob glob(String list, String text) throws OptionException {
        if (text.isEmpty()) {
            throw new OptionException("a glob is missing beside a '+' in mapped=" + OptionErrors.shown(list)
                    + ": write it as /data/hot/**+/data/index; a '+' in a path is written as \\+");
        }
        String problem = isPrinted(text)
                ? PathGlob.problem(text)
                : "has a character that cannot be printed: write ? in its place";
        if (text.indexOf(UNREAD) >= 0) {
            problem = "has a character that this JVM's locale cannot read: write ?, or use config=FILE, which is UTF-8";
        }
        if (problem != null) {
            throw new OptionException("mapped: '" + OptionErrors.shown(text) + "' " + problem);
        }
        return PathGlob.of(text);
    }

    /** The patterns stand in lines for people. */
    private static boolean isPrinted(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != ' ' && !PlainText.isPrinted(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
