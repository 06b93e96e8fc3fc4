// SPDX-License-Identifier: Apache-2.0

/** Which cgroups count a process, v1 and v2, what they allow, and how much is left. */
package io.memlock.cgroup;
