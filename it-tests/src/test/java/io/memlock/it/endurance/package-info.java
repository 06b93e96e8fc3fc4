// SPDX-License-Identifier: Apache-2.0

/** What shows only after a long time or many tries: {@code mvn -Pendurance verify}. */
package io.memlock.it.endurance;
