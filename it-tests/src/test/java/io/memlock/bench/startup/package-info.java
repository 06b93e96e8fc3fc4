// SPDX-License-Identifier: Apache-2.0
/** How long hello world takes. */
package io.memlock.bench.startup;
