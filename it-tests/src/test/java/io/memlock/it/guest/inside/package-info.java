// SPDX-License-Identifier: Apache-2.0
/** What runs inside a guest: it starts JVMs with the agent there and judges them from outside those JVMs. */
package io.memlock.it.guest.inside;
