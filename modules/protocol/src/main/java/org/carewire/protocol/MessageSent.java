package org.carewire.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Reply to {@code message:send}: the message is committed.
 *
 * @param duplicate {@code true} where it had been stored before, else absent
 */
public record MessageSent(RawJson message, @Nullable Boolean duplicate) {}
