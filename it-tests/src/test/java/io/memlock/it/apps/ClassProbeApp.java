// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.apps;

/** Prints, for each class or resource named as an argument, whether the application can see it. */
public final class ClassProbeApp {

    private ClassProbeApp() {}

    /** Runs it. */
    public static void main(String[] args) {
        for (String name : args) {
            System.out.println(name + " " + (isVisible(name) ? "visible" : "hidden"));
        }
    }

    private static boolean isVisible(String name) {
        String resource = name.replace('.', '/') + ".class";
        if (ClassLoader.getSystemResource(resource) != null) {
            return true;
        }
        try {
            return Class.forName(name, false, ClassLoader.getSystemClassLoader()) != null;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
