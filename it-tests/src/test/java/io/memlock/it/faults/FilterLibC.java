// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.faults;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;

/** What filters need of the C library. Calls that fail throw their error number. */
public interface FilterLibC extends Library {

    /** For {@link #prctl}: programs to come have no more rights than this one, without which a filter needs root. */
    int PR_SET_NO_NEW_PRIVS = 38;

    /** prctl(2). */
    int prctl(int option, long a, Pointer b, long c, long d) throws LastErrorException;

    /** execv(3). */
    int execv(String path, StringArray arguments) throws LastErrorException;

    /** syscall(2). */
    long syscall(long number, long a, long b, long c) throws LastErrorException;

    /** syscall(2). */
    long syscall(long number, long a, long b, Pointer c) throws LastErrorException;

    /** ioctl(2). */
    int ioctl(int file, long request, Pointer argument) throws LastErrorException;

    /** poll(2). */
    int poll(Pointer files, long count, int timeoutMillis) throws LastErrorException;

    /** close(2). */
    int close(int file) throws LastErrorException;
}
