// SPDX-License-Identifier: Apache-2.0

/** Mirrors ZGC's heap: ZGC unmaps what it frees and maps it again later, and a lock cannot hold unmapped memory. */
package io.memlock.zgc;
