// SPDX-License-Identifier: Apache-2.0

/** The words everybody here uses of memory: a mapping, the region it belongs to, a part of the one in the other, bytes. */
package io.memlock.memory;
