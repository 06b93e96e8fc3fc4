// SPDX-License-Identifier: Apache-2.0

/**
 * The C library. {@link io.memlock.os.LibC} is C, verbatim: same names, same return codes, errno kept; what a failure
 * means and what to do about it is decided in {@code io.memlock.lock}. {@link io.memlock.os.JnaLibC} is the only class of
 * the project that imports {@code com.sun.jna}.
 */
package io.memlock.os;
