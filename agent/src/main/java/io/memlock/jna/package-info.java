// SPDX-License-Identifier: Apache-2.0

/**
 * What lives beside JNA in its module: stand-ins for the two {@code java.util.logging} types JNA refers to and for the
 * system properties (the build points JNA at them, see {@code AssembleJar}), and the one call that loads JNA's native
 * library.
 */
package io.memlock.jna;
