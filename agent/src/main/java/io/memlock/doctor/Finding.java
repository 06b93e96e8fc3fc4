// SPDX-License-Identifier: Apache-2.0
package io.memlock.doctor;

import java.util.Locale;

/**
 * The result of one check.
 *
 * @param check its name, in a word or two
 * @param severity what it comes to
 * @param evidence what was seen
 * @param remedy what to type; "" if nothing is to be done
 */
public record Finding(String check, Severity severity, String evidence, String remedy) {

    /** The severity of a finding, from harmless to fatal. */
    public enum Severity {
        /** All is as it should be. */
        OK,
        /** The finding is good to know. */
        NOTE,
        /** What is selected can be locked now, but may not stay so, or other trouble is near. */
        WARN,
        /** What is selected cannot be locked and kept locked. */
        FAIL
    }

    /** The check's name for programs: {@code host-ram}. */
    public String id() {
        return check.toLowerCase(Locale.ROOT).replace(' ', '-');
    }

    static Finding ok(String check, String evidence) {
        return new Finding(check, Severity.OK, evidence, "");
    }

    static Finding note(String check, String evidence) {
        return new Finding(check, Severity.NOTE, evidence, "");
    }

    static Finding warn(String check, String evidence, String remedy) {
        return new Finding(check, Severity.WARN, evidence, remedy);
    }

    static Finding fail(String check, String evidence, String remedy) {
        return new Finding(check, Severity.FAIL, evidence, remedy);
    }
}
