// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

/** Makes a call that needs native access and prints {@code allowed} or {@code denied}. */
public final class RestrictedCallApp {

    private RestrictedCallApp() {}

    /** Runs it. */
    public static void main(String[] args) {
        try {
            System.load("/nonexistent/library.so");
        } catch (IllegalCallerException e) {
            System.out.println("denied");
        } catch (UnsatisfiedLinkError e) {
            System.out.println("allowed");
        }
    }
}
