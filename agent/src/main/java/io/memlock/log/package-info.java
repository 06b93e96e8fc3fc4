// SPDX-License-Identifier: Apache-2.0

/** Prints what the agent has to say. */
package io.memlock.log;
