/**
 * Calls: a state machine that is a value ({@link org.carewire.signaling.Call}), saved with a
 * version in PostgreSQL; who is told of what is saved with it.
 */
@NullMarked
package org.carewire.signaling;

import org.jspecify.annotations.NullMarked;
