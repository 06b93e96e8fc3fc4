// SPDX-License-Identifier: Apache-2.0

/** Tells the story of a start and of an attach, and hands each part of it to the class that carries it out. */
package io.memlock.agent;
