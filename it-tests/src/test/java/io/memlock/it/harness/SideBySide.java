// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.harness;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Lets two tests of a class run at once, or two runs of a parameterized test. No other class runs meanwhile. For tests
 * that measure neither time nor the machine as a whole: most of them wait for a JVM half of the time.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Execution(ExecutionMode.CONCURRENT)
public @interface SideBySide {}
