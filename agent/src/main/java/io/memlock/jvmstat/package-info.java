// SPDX-License-Identifier: Apache-2.0

/**
 * What the agent publishes among the JVM's own performance counters, and how to read it there. The counters are a file in
 * {@code /tmp/hsperfdata_USER} that the JVM keeps mapped: reading them neither attaches nor has the JVM do anything.
 */
package io.memlock.jvmstat;
