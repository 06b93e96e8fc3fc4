// SPDX-License-Identifier: Apache-2.0
package io.memlock.cgroup;

/**
 * One cgroup on the way from a process up.
 *
 * @param directory its path
 * @param files in it
 */
public record CgroupLevel(String directory, CgroupFiles files) {}
