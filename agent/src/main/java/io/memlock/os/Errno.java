// SPDX-License-Identifier: Apache-2.0
package io.memlock.os;

/** The error numbers our calls can leave behind (include/uapi/asm-generic/errno-base.h and errno.h). */
public final class Errno {

    /** No error: a call said that it succeeded, and did nothing. Only what answers in the kernel's place does so. */
    public static final int NOT_DONE = -1;

    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EINVAL = 22;
    public static final int EMFILE = 24;
    public static final int ENOSYS = 38;

    private Errno() {}

    /**
     * Returns name and text as strerror(3) gives it.
     *
     * @param errno an error number
     * @return for example {@code ENOMEM (Cannot allocate memory)}
     */
    public static String describe(int errno) {
        return switch (errno) {
            case NOT_DONE -> "0 (success), but nothing was done";
            case EPERM -> "EPERM (Operation not permitted)";
            case ENOENT -> "ENOENT (No such file or directory)";
            case ESRCH -> "ESRCH (No such process)";
            case EINTR -> "EINTR (Interrupted system call)";
            case EIO -> "EIO (Input/output error)";
            case EAGAIN -> "EAGAIN (Resource temporarily unavailable)";
            case ENOMEM -> "ENOMEM (Cannot allocate memory)";
            case EACCES -> "EACCES (Permission denied)";
            case EFAULT -> "EFAULT (Bad address)";
            case EBUSY -> "EBUSY (Device or resource busy)";
            case EINVAL -> "EINVAL (Invalid argument)";
            case EMFILE -> "EMFILE (Too many open files)";
            case ENOSYS -> "ENOSYS (Function not implemented)";
            default -> "errno " + errno;
        };
    }
}
