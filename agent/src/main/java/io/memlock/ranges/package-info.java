// SPDX-License-Identifier: Apache-2.0

/** Locks the ranges that an application asks for through {@code io.memlock.api}, and says why not. */
package io.memlock.ranges;
