// SPDX-License-Identifier: Apache-2.0

/** Which region of a HotSpot JVM a mapping belongs to, and how we know. */
package io.memlock.hotspot;
