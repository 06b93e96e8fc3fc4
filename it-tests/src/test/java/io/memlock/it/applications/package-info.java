// SPDX-License-Identifier: Apache-2.0

/** Applications that map their data, as they are published: docs/applications.md has what is seen. */
package io.memlock.it.applications;
