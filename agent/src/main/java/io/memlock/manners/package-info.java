// SPDX-License-Identifier: Apache-2.0

/**
 * Keeps the agent polite in a JVM that is not its own: it waits for room, tries again ever later, and has its own
 * permissions.
 */
package io.memlock.manners;
