// SPDX-License-Identifier: Apache-2.0
package io.memlock.jna;

/** Stands in for {@code java.util.logging.Level} in the bundled JNA. Nothing is logged, so the levels carry nothing. */
public final class Level {

    public static final Level SEVERE = new Level();
    public static final Level WARNING = new Level();
    public static final Level INFO = new Level();
    public static final Level FINE = new Level();
    public static final Level FINER = new Level();

    private Level() {}
}
