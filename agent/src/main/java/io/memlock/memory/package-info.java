// SPDX-License-Identifier: Apache-2.0

/** Defines the words that everybody here uses of memory: mappings, the regions they belong to, segments, and bytes. */
package io.memlock.memory;
