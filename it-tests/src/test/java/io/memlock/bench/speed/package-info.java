// SPDX-License-Identifier: Apache-2.0
/** How fast memory is faulted in and locked, beside the bare system calls. */
package io.memlock.bench.speed;
