// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest.inside;

/**
 * Something that must hold in every guest.
 *
 * @param name a sentence of behaviour, without a colon
 * @param body tries it
 */
record Case(String name, Body body) {

    /** Tries it. */
    interface Body {

        /**
         * Tries it.
         *
         * @return figures worth keeping
         * @throws AssertionError if it does not hold
         * @throws Inapplicable if this kernel, JDK or machine has nothing to try it with
         */
        String run() throws Exception;
    }

    /** Says that there is nothing to try a case with. */
    static final class Inapplicable extends RuntimeException {

        private static final long serialVersionUID = 1;

        Inapplicable(String why) {
            super(why);
        }
    }

    /** Ends a case that does not hold. */
    static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
