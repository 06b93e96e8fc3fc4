// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

import java.util.StringTokenizer;

/** What {@code /proc/PID/uid_map} tells. user_namespaces(7) */
public final class UidMap {

    private static final String ALL_IDS = "4294967295";

    private UidMap() {}

    /**
     * Whether the process is in another user namespace than the first, where capabilities count for nothing outside of it.
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
