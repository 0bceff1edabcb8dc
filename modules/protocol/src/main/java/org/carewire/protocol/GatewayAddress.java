package org.carewire.protocol;

/**
 * Where a session is held.
 *
 * @param node its id
 * @param instance of the gateway on that node, from 0
 */
public record GatewayAddress(String node, int instance) {}
