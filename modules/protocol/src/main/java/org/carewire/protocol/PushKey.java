package org.carewire.protocol;

/**
 * Reply to {@link GetPushKey}.
 *
 * @param publicKey of VAPID: 65 bytes, base64url without padding, as browsers take it for {@code
 *     applicationServerKey}
 */
public record PushKey(String publicKey) {}
