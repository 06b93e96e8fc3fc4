// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.guest;

/** Tells whoever waits what is being done. */
final class Progress {

    private Progress() {}

    static void say(String what) {
        System.out.println("[guests] " + what);
        System.out.flush();
    }
}
