// SPDX-License-Identifier: Apache-2.0
package io.memlock.bootstrap;

import java.io.File;
import java.io.IOException;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * Tells command-line tools from applications: the JDK's own ({@code jps}, {@code keytool}, {@code javac}, …) and ours. With
 * {@code JAVA_TOOL_OPTIONS} set for a whole machine the agent is started in them too, and must leave them alone.
 */
final class CommandLineTool {

    /** {@code java App.java} runs the compiler's module, but what it runs is an application. */
    private static final String SOURCE_LAUNCHER = "com.sun.tools.javac.launcher.";

    private static final String SHELL = "jdk.jshell.execution.";

    private static final String COMMAND = "sun.java.command";

    private static final String OUR_MAIN = "io.memlock.bootstrap.MemlockCommand";

    private CommandLineTool() {}

    /**
     * Tells whether this JVM runs a tool of the JDK.
     *
     * @return true if the main class is in a module of the JDK, or runs what is typed into {@code jshell}
     */
    static boolean isOfTheJdk() {
        return isOfTheJdk(
                System.getProperty("jdk.module.main"),
                System.getProperty("jdk.module.main.class"),
                System.getProperty(COMMAND));
    }

    /**
     * Tells whether a main module and class, or what the launcher says it runs, is of the JDK. The launcher sets the first two
     * when the main class is in a module, as it is with every tool in the JDK's {@code bin} folder (JDK:
     * {@code sun.launcher.LauncherHelper}). The JVM that {@code jshell} starts beside itself is given its main class by name.
     */
    static boolean isOfTheJdk(String mainModule, String mainClass, String command) {
        if (mainModule == null) {
            return command != null && command.startsWith(SHELL);
        }
        boolean jdk = mainModule.startsWith("jdk.") || mainModule.startsWith("java.");
        return jdk && (mainClass == null || !mainClass.startsWith(SOURCE_LAUNCHER));
    }

    /**
     * Tells whether this JVM runs the command line of the agent jar.
     *
     * @param jar this class is from
     */
    static boolean isOurs(File jar) throws IOException {
        return isOurs(jar, System.getProperty(COMMAND), System.getProperty("java.class.path"));
    }

    /**
     * Tells whether what the launcher says it runs, a class or a jar and its arguments, is the command line of the agent jar
     * (JDK: {@code SetJavaCommandLineProp} of {@code java.c}). With {@code -jar} that jar is the class path, and this class is
     * from it even if the agent is started from another copy.
     */
    static boolean isOurs(File jar, String command, String classPath) throws IOException {
        if (command == null || classPath == null) {
            return false;
        }
        return begins(command, OUR_MAIN)
                || (begins(command, classPath)
                        && new File(classPath).getCanonicalFile().equals(jar.getCanonicalFile())
                        && isOurMain(jar));
    }

    private static boolean begins(String command, String word) {
        return command.startsWith(word) && (command.length() == word.length() || command.charAt(word.length()) == ' ');
    }

    /** An application may have put our classes into a jar of its own. */
    private static boolean isOurMain(File jar) throws IOException {
        try (JarFile file = new JarFile(jar, false)) {
            Manifest manifest = file.getManifest();
            return manifest != null
                    && OUR_MAIN.equals(manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS));
        }
    }
}
