// SPDX-License-Identifier: Apache-2.0

/** Compares what should be locked with what is, and makes it so: one pass over the mappings of this process. */
package io.memlock.reconcile;
