// SPDX-License-Identifier: Apache-2.0

/**
 * Programs that run in the JVMs under test. They know nothing of JUnit or of the harness, and print what a test looks
 * at.
 */
package io.memlock.it.apps;
