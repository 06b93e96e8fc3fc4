// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds directories for JNA's native library while it is loaded. */
public final class LibraryDirectories {

    /** What helps where none of them can be used. */
    public static final String REMEDY =
            "# start the JVM with -Djava.io.tmpdir=DIRECTORY: a directory that its user can write and that is"
                    + " not mounted noexec";

    private LibraryDirectories() {}

    /**
     * Returns the one of this process that nearly always does. To know the others takes 3 ms of a start: the JDK's
     * environment.
     */
    static List<String> usual() {
        List<String> places = new ArrayList<>(1);
        add(places, System.getProperty("java.io.tmpdir"));
        return places;
    }

    /** Returns all of this process: absolute paths, existing or not, best first. */
    static List<String> ofThisProcess() {
        return places(
                System.getProperty("java.io.tmpdir"),
                System.getenv("XDG_RUNTIME_DIR"),
                System.getenv("XDG_CACHE_HOME"),
                System.getProperty("user.home"));
    }

    /**
     * Returns all directories of another JVM that are visible from outside.
     *
     * @param tmpdir its {@code java.io.tmpdir}
     * @param environment its environment variables
     * @return absolute paths, existing or not, best first
     */
    public static List<String> of(String tmpdir, Map<String, String> environment) {
        return places(
                tmpdir, environment.get("XDG_RUNTIME_DIR"), environment.get("XDG_CACHE_HOME"), environment.get("HOME"));
    }

    private static List<String> places(String tmpdir, String runtime, String cache, String home) {
        List<String> places = new ArrayList<>();
        add(places, tmpdir);
        add(places, runtime);
        add(places, cache);
        if (home != null) {
            add(places, home.concat("/.cache"));
            add(places, home);
        }
        add(places, "/tmp");
        add(places, "/var/tmp");
        add(places, "/dev/shm");
        add(places, "/run");
        return places;
    }

    private static void add(List<String> places, String path) {
        if (path != null && path.startsWith("/") && !places.contains(path)) {
            places.add(path);
        }
    }
}
