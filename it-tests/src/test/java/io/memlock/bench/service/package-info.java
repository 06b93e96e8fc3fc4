// SPDX-License-Identifier: Apache-2.0
/** The programs under test: a service with a fixed request rate, and the neighbour that takes its memory. */
package io.memlock.bench.service;
