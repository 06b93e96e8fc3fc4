// SPDX-License-Identifier: Apache-2.0

/** What the agent prints. */
package io.memlock.log;
