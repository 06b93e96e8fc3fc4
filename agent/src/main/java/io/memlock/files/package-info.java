// SPDX-License-Identifier: Apache-2.0

/** How files are opened and their text is gone through, whatever is in them: our own, and those of other processes. */
package io.memlock.files;
