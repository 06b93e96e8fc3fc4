// SPDX-License-Identifier: Apache-2.0
package io.memlock.lock;

import io.memlock.os.LibC;

/** The parts of a lock on a {@link FakeKernel}'s process. */
final class FakeProcess implements LockParts {

    /** As ThisProcess computes it from the kernel's default of vm.max_map_count. */
    static final long MAX_MAPPINGS = 52_424;

    final FakeKernel kernel;
    private final LockProbe probe;
    private final GentleCalls calls;
    private final ApplicationLocks applicationLocks;
    private final Reconciler reconciler;

    FakeProcess(FakeKernel kernel) {
        this.kernel = kernel;
        this.probe = new LockProbe(kernel, FakeKernel.PAGE);
        this.calls = new GentleCalls(kernel, nanos -> {});
        this.applicationLocks =
                new ApplicationLocks(consumer -> kernel.lockedWithoutOnFault().forEach(consumer));
        this.reconciler = new Reconciler(kernel, probe, calls, applicationLocks, kernel::chargedBytes, MAX_MAPPINGS);
    }

    @Override
    public LibC libc() {
        return kernel;
    }

    @Override
    public Reconciler reconciler() {
        return reconciler;
    }

    @Override
    public ApplicationLocks applicationLocks() {
        return applicationLocks;
    }

    @Override
    public GentleCalls calls() {
        return calls;
    }

    @Override
    public FutureProbe futureProbe() {
        return new FutureProbe(kernel, probe, FakeKernel.PAGE);
    }

    @Override
    public long chargedBytes() {
        return kernel.chargedBytes();
    }
}
