package org.carewire.protocol;

/**
 * The caller's session lives, whatever became known of its node meanwhile, and was in the call.
 *
 * @param gateway where it is held
 */
public record HoldCall(CallId callId, GatewayAddress gateway) implements Command.OfCall {}
