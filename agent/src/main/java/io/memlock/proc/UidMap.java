// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import java.util.StringTokenizer;

/** What {@code /proc/PID/uid_map} tells. user_namespaces(7) */
public final class UidMap {

    private static final String ALL_IDS = "4294967295";

    private UidMap() {}

    /**
     * Finds who a user of this process's user namespace is in another.
     *
     * @param text of the file, of a process in the other namespace
     * @return -1 if that namespace does not know the user, or the text is not the kernel's
     */
    public static long within(String text, long uid) {
        return mapped(text, uid, false);
    }

    /**
     * Finds who a user of this process's user namespace is outside of it.
     *
     * @param text of the file, of this process
     * @return -1 if it is not known
     */
    public static long outside(String text, long uid) {
        return mapped(text, uid, true);
    }

    private static long mapped(String text, long uid, boolean isOutwards) {
        StringTokenizer fields = new StringTokenizer(text);
        try {
            while (fields.countTokens() >= 3) {
                long inside = Long.parseLong(fields.nextToken());
                long outside = Long.parseLong(fields.nextToken());
                long length = Long.parseLong(fields.nextToken());
                long offset = uid - (isOutwards ? inside : outside);
                if (offset >= 0 && offset < length) {
                    return (isOutwards ? outside : inside) + offset;
                }
            }
        } catch (NumberFormatException e) {
            // Not known.
        }
        return -1;
    }

    /**
     * Returns whether the process is in another user namespace than the first, where capabilities count for nothing outside of it.
     * In the first one the one line maps all of 32 bits onto itself.
     *
     * @param text of the file; "" where it cannot be read
     * @return false also where it is not known
     */
    public static boolean isOfUserNamespace(String text) {
        StringTokenizer fields = new StringTokenizer(text);
        if (fields.countTokens() < 3) {
            return false;
        }
        boolean isFirst = fields.nextToken().equals("0");
        isFirst &= fields.nextToken().equals("0");
        isFirst &= fields.nextToken().equals(ALL_IDS);
        return !isFirst;
    }
}
