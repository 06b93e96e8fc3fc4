// SPDX-License-Identifier: Apache-2.0

/**
 * What to type so that locking works, for the place this process really runs in. {@link io.memlock.advice.DeploymentFiles}
 * reads the evidence, {@link io.memlock.advice.DeploymentDetector} says what place it is evidence of, {@link
 * io.memlock.advice.Remedy} knows the lines. Nothing here runs unless something failed or somebody asked.
 */
package io.memlock.advice;
