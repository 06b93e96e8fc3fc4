// SPDX-License-Identifier: Apache-2.0

/** What the agent knows of the process it is in, and how it is wired to it. */
package io.memlock.process;
