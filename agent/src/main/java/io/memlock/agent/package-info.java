// SPDX-License-Identifier: Apache-2.0

/** The story of a start and of an attach, and which part is handed to which. */
package io.memlock.agent;
