package org.carewire.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Reply to {@code call:quality}.
 *
 * @param advice absent where nothing need be held back
 */
public record QualityReported(@Nullable QualityAdvice advice) {}
