package org.carewire.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Reply to {@link PutSession}.
 *
 * @param set what the user has set; absent: nothing
 */
public record SessionPut(@Nullable StatusSet set) {}
