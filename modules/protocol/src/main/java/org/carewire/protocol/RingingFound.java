package org.carewire.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Reply to {@link FindRinging}.
 *
 * @param incoming the data of {@code call:incoming}; absent where nobody calls
 */
public record RingingFound(@Nullable CallId callId, @Nullable RawJson incoming) {}
