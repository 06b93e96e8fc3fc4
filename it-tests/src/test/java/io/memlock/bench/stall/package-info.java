// SPDX-License-Identifier: Apache-2.0
/** How long a running JVM stands still while it is being locked. */
package io.memlock.bench.stall;
