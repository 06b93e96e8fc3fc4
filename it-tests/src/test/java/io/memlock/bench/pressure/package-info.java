// SPDX-License-Identifier: Apache-2.0
/** A service and a neighbour in one memory cgroup that is too small for both. */
package io.memlock.bench.pressure;
