// SPDX-License-Identifier: Apache-2.0

/** What operators see of the agent in the programs they have: each test runs the real one with the files of packaging/monitoring. */
package io.memlock.it.monitoring;
