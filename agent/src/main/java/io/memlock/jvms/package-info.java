// SPDX-License-Identifier: Apache-2.0

/** Other JVMs of this host, from outside: which there are, what they hold in RAM, and what their agents publish. */
package io.memlock.jvms;
