// SPDX-License-Identifier: Apache-2.0

/**
 * What the tests are written with. {@link io.memlock.it.harness.ForkedJvm} runs a real JVM, {@link
 * io.memlock.it.harness.Smaps} and {@link io.memlock.it.harness.ProcStatus} say from outside what its memory is, {@link
 * io.memlock.it.harness.Machine} says what this machine can do. Nothing here uses a class of the agent.
 */
package io.memlock.it.harness;
