// SPDX-License-Identifier: Apache-2.0

/**
 * The command line, one class per command. Reading commands look at {@code /proc} only: they neither attach to the JVM they
 * look at nor call the C library in their own, which starts quickly for it.
 */
package io.memlock.cli;
