// SPDX-License-Identifier: Apache-2.0

/** What each region holds: scans of smaps, exact or gentle, and what they add up to. */
package io.memlock.report;
