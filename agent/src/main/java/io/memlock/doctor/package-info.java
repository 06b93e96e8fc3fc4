// SPDX-License-Identifier: Apache-2.0

/**
 * Whether locking would work here, or does for a JVM that runs: findings, each with its evidence and what to type. The
 * first finding, the lock itself, is tried; the others are read.
 */
package io.memlock.doctor;
