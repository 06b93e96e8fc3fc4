// SPDX-License-Identifier: Apache-2.0

/** Mapped files, seen at the moment at which the application maps them, and memory outside the heap, counted on request. */
package io.memlock.tracking;
