// SPDX-License-Identifier: Apache-2.0
package io.memlock.it.endurance;

/** What a system call that is not carried out is answered with. Linux include/uapi/asm-generic/errno-base.h, errno.h */
enum Answer {
    EPERM(1),
    EINTR(4),
    EAGAIN(11),
    ENOMEM(12),
    EINVAL(22),
    ENOSYS(38),
    DONE(0);

    private final int errno;

    Answer(int errno) {
        this.errno = errno;
    }

    int errno() {
        return errno;
    }
}
