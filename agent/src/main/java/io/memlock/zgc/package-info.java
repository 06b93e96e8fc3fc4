// SPDX-License-Identifier: Apache-2.0

/** ZGC maps its heap anew while it runs: a second view of it holds what is mapped nowhere else. */
package io.memlock.zgc;
