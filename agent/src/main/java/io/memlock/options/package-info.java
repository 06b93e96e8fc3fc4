// SPDX-License-Identifier: Apache-2.0

/** What the user asks for: one immutable value, one definition of every option, one parser. */
package io.memlock.options;
