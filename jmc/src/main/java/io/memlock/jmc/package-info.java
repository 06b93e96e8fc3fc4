// SPDX-License-Identifier: Apache-2.0
/** Judges recordings in JDK Mission Control by the events that memlock-agent records. */
package io.memlock.jmc;
