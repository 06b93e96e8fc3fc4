// SPDX-License-Identifier: Apache-2.0
/** What the agent is worth and what it costs, beside what users would use instead. {@code mvn -Pbench verify} */
package io.memlock.bench;
