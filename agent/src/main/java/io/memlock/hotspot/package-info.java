// SPDX-License-Identifier: Apache-2.0

/** Tells which region of a HotSpot JVM a mapping belongs to, and how we know. */
package io.memlock.hotspot;
