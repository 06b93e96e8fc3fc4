// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import io.memlock.files.Cursor;
import io.memlock.files.ProcFormatException;

/**
 * The running kernel's version, from {@code /proc/sys/kernel/osrelease}.
 *
 * @param major 6 in 6.18.44-generic
 * @param minor 18 in 6.18.44-generic
 */
public record KernelVersion(int major, int minor) {

    /**
     * Parses a release.
     *
     * @param release for example {@code 5.4.0-150-generic}
     * @throws ProcFormatException if it does not begin with two numbers
     */
    public static KernelVersion parse(String release) {
        Cursor cursor = new Cursor("osrelease", release);
        cursor.nextLine();
        long major = cursor.unsignedDecimal();
        cursor.expect('.');
        return new KernelVersion((int) major, (int) cursor.unsignedDecimal());
    }

    /** Returns whether it is a given version or a later one. */
    public boolean isAtLeast(int wantedMajor, int wantedMinor) {
        return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
    }
}
