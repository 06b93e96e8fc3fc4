// SPDX-License-Identifier: Apache-2.0

/** Holds what the agent knows of its own process, and wires its classes. */
package io.memlock.process;
