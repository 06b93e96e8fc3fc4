// SPDX-License-Identifier: Apache-2.0

/** What commands print with: tables, JSON, colour, and streams that print nothing a terminal obeys. */
package io.memlock.output;
