// SPDX-License-Identifier: Apache-2.0

/**
 * Holds, with {@code io.memlock.api}, the only classes that the application can see: the JVM loads them with the
 * application's own class loader. They find the agent jar, open a private loader on it and call what is behind it; they
 * decide nothing.
 *
 * <p>Rules of this package:
 *
 * <ul>
 *   <li>It imports {@code java.lang}, {@code java.io}, {@code java.util}, {@code java.net}, {@code java.security} and
 *       {@code java.nio.charset}: never {@code java.util.logging} or {@code javax.management} (they fix the {@code
 *       LogManager} before {@code main} can choose one), never {@code java.nio.file} (it fixes the default file system).
 *   <li>Nothing thrown here leaves {@code premain} or {@code agentmain}: the JVM would abort with a core.
 *   <li>Its classes are loaded in every JVM that starts with the agent: no lambdas, no regular expressions, no
 *       {@code String.format}. Each costs a starting JVM milliseconds.
 * </ul>
 */
package io.memlock.bootstrap;
