// SPDX-License-Identifier: Apache-2.0

/** Reads HotSpot's own description of itself, vmStructs, out of the memory of a process. */
package io.memlock.vmstructs;
