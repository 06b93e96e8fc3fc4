// SPDX-License-Identifier: Apache-2.0
/** What it costs to have the agent in a JVM that needs nothing from it. */
package io.memlock.bench.presence;
