// SPDX-License-Identifier: Apache-2.0
package io.memlock.proc;

/** The number of a file system: {@code 00:11} in maps, which is hexadecimal, {@code 0:17} in mountinfo. */
public record Device(long major, long minor) {}
