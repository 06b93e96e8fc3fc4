// SPDX-License-Identifier: Apache-2.0

/**
 * The conversation between the command line and the agent in another JVM. A request travels as the agent's options text;
 * the reply comes back through the JVM's agent properties, which the attach API reads. Neither needs a file or a port that
 * both sides see, so it works into containers and for other users' JVMs wherever attaching itself works; and neither
 * touches what the application can see: its output, its files, its system properties.
 */
package io.memlock.attach;
