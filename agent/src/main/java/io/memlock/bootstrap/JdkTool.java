// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

/**
 * Tells the JDK's own tools ({@code jps}, {@code keytool}, {@code javac}, …) from applications. With {@code
 * JAVA_TOOL_OPTIONS} set for a whole machine the agent is started in them too, and must leave them alone.
 */
final class JdkTool {

    /** {@code java App.java} runs the compiler's module, but what it runs is an application. */
    private static final String SOURCE_LAUNCHER = "com.sun.tools.javac.launcher.";

    private JdkTool() {}

    /**
     * Whether this JVM runs a tool of the JDK.
     *
     * @return true if the main class is in a module of the JDK
     */
    static boolean isRunning() {
        return isTool(System.getProperty("jdk.module.main"), System.getProperty("jdk.module.main.class"));
    }

    /**
     * The same for a given main module and class. The launcher sets both properties when the main class is in a module,
     * as it is with every tool in the JDK's {@code bin} folder (JDK: {@code sun.launcher.LauncherHelper}).
     */
    static boolean isTool(String mainModule, String mainClass) {
        if (mainModule == null) {
            return false;
        }
        boolean jdk = mainModule.startsWith("jdk.") || mainModule.startsWith("java.");
        return jdk && (mainClass == null || !mainClass.startsWith(SOURCE_LAUNCHER));
    }
}
