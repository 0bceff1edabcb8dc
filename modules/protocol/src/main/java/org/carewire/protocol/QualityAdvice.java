package org.carewire.protocol;

/**
 * What a participant should send at most.
 *
 * @param maxBitrate kbit/s
 * @param maxHeight of the picture, in pixels; 0 without video
 */
public record QualityAdvice(int maxBitrate, int maxHeight, boolean video) {}
