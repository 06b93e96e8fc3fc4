// SPDX-License-Identifier: Apache-2.0

/** Judges JVMs in the way monitoring plug-ins do. */
package io.memlock.check;
