// SPDX-License-Identifier: Apache-2.0

/** Shows the memory of one JVM, mapping by mapping: as a table and as a page. */
package io.memlock.picture;
