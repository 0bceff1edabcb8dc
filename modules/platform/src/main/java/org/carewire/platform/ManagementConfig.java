package org.carewire.platform;

/**
 * The port for operators; not for the open network.
 *
 * @param port 0 for any free one
 */
public record ManagementConfig(String host, int port) {}
