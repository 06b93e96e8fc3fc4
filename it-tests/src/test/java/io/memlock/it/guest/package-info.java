// SPDX-License-Identifier: Apache-2.0
/**
 * Other kernels, JDKs, architectures and page sizes: a guest boots a Debian kernel in QEMU, without hardware help, and runs
 * {@link io.memlock.it.guest.inside.Conformance} there. Everything a guest consists of comes from Debian's packages, by
 * name.
 */
package io.memlock.it.guest;
