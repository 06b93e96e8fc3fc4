// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.log.Bytes;
import io.memlock.os.Errno;

/** Puts failures into words. */
final class Failures {

    private static final String UNLOCKED_JVM =
            "this JVM runs unlocked: under memory pressure its pages can be swapped out, and reading one back takes"
                    + " milliseconds";

    private Failures() {}

    /** {@code strategy=future} was asked for where a limit applies. */
    static LockFailure futureUnderLimit(LockLimit limit) {
        return new LockFailure(
                "strategy=future: mlockall(MCL_CURRENT|MCL_FUTURE|MCL_ONFAULT)",
                limited(limit),
                "not done, and nothing is locked: once the limit is reached the JVM would die at its next memory commit."
                        + " "
                        + UNLOCKED_JVM,
                Remedy.unlimited(limit) + "\nor: strategy=auto, which locks what fits");
    }

    /** {@code mlockall} failed although the probe said that locking is unlimited. */
    static LockFailure mlockall(int errno, LockLimit limit) {
        return new LockFailure(
                "mlockall(MCL_CURRENT|MCL_FUTURE|MCL_ONFAULT)",
                Errno.describe(errno) + "; " + limit.describe(),
                UNLOCKED_JVM,
                Remedy.unlimited(limit));
    }

    /** The selection does not fit under the limit, or not all of it. */
    static LockFailure doesNotFit(Pass pass, LockLimit limit, long chargedBytes) {
        long needed = chargedBytes + pass.totalMissingBytes();
        boolean nothing = pass.totalMissingBytes() >= pass.wantedBytes();
        return new LockFailure(
                "to lock " + Bytes.text(pass.wantedBytes()) + "; not locked: " + missing(pass),
                limited(limit) + "; needed now: " + Bytes.text(needed),
                nothing ? UNLOCKED_JVM : "part of this JVM can be swapped out under memory pressure",
                Remedy.unlimited(limit) + "\nor: name what matters most, it is locked while it fits: mode=heap+code");
    }

    /** A call failed for another reason than the limit. */
    static LockFailure call(Pass pass, LockLimit limit) {
        return new LockFailure(
                "mlock2(MLOCK_ONFAULT) on " + Bytes.text(pass.totalMissingBytes()) + ": " + missing(pass),
                Errno.describe(pass.errno()) + "; " + limit.describe(),
                "part of this JVM can be swapped out under memory pressure",
                Remedy.unlimited(limit));
    }

    /** Too many mappings to split any. */
    static LockFailure tooManyMappings(Pass pass, long maxMappings) {
        return new LockFailure(
                "to lock parts of mappings: " + missing(pass),
                "not tried: the process has " + pass.mappings() + " mappings, splitting stops at " + maxMappings
                        + " (80 % of vm.max_map_count)",
                "part of this JVM can be swapped out under memory pressure; at the kernel's limit the JVM itself would fail",
                "sysctl -w vm.max_map_count=262144   (and a line in /etc/sysctl.d/ to keep it)");
    }

    private static String limited(LockLimit limit) {
        String privilege = limit.probeErrno() == Errno.EPERM
                ? "EPERM (Operation not permitted)"
                : Errno.describe(limit.probeErrno());
        return "locking is limited: " + privilege + " when more than the limit was tried; " + limit.describe()
                + ", CAP_IPC_LOCK not effective";
    }

    private static String missing(Pass pass) {
        StringBuilder text = new StringBuilder();
        pass.missingBytes().forEach((region, bytes) -> text.append(text.length() == 0 ? "" : ", ")
                .append(region.optionName())
                .append(' ')
                .append(Bytes.text(bytes)));
        return text.toString();
    }
}
