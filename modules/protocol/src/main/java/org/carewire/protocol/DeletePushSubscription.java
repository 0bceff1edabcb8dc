package org.carewire.protocol;

/** {@code DELETE /push/subscriptions/{deviceId}}. */
public record DeletePushSubscription(DeviceId device) implements Command {}
