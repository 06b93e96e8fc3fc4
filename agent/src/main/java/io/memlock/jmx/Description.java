// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The text that JMX clients show beside an attribute, an operation or a parameter. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.PARAMETER})
@interface Description {

    /** One or two sentences, with the unit. */
    String value();

    /** The name of a parameter, which the compiler does not keep. */
    String name() default "";
}
