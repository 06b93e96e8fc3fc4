// SPDX-License-Identifier: Apache-2.0
/** Markdown, pictures and data. */
package io.memlock.bench.report;
