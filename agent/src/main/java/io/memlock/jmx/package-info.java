// SPDX-License-Identifier: Apache-2.0

/** The report as an MXBean. Nothing here reads page tables: what is expensive comes from the last background scan. */
package io.memlock.jmx;
