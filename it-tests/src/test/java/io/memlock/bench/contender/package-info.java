// SPDX-License-Identifier: Apache-2.0
/** What users have today instead of this agent, each as an agent of one class. */
package io.memlock.bench.contender;
