// SPDX-License-Identifier: Apache-2.0
package io.memlock.jmx;

/** Has attributes that can be made to tell of one moment, whenever they are read. */
interface Momentary {

    /** Makes all attributes tell of this moment. */
    void hold();

    /** Makes each attribute tell of the moment it is read. */
    void letGo();
}
