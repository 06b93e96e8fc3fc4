// SPDX-License-Identifier: Apache-2.0
package io.memlock.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/** One attempt to lock or unlock a part of a mapping. */
@Name("memlock.Lock")
@Label("Memory Lock or Unlock")
@Category("Memory Lock")
@Description("One attempt of memlock-agent to lock or unlock memory of one mapping")
@StackTrace(false)
@Registered(false)
final class LockEvent extends Event {

    @Label("Operation")
    @Description("lock or unlock")
    String operation;

    @Label("Region")
    @Description("What the memory is for")
    String region;

    @Label("Size")
    @Description("Length of the range; not all of it need be in RAM")
    @DataAmount
    long size;

    @Label("Start Address")
    @MemoryAddress
    long start;

    @Label("Errno")
    @Description(
            "The kernel's answer: 0 if the range is locked or unlocked, -1 if the call succeeded but the range is not")
    int errno;

    @Label("Answer")
    @Description("The answer in words")
    String answer;
}
