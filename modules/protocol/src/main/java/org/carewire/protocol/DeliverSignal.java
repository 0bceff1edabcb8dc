package org.carewire.protocol;

/**
 * For the gateway that holds a session: a signal of another one.
 *
 * @param number grows with each signal of the sender; one that comes again is dropped
 * @param data of {@code call:signal}, serialised once
 */
public record DeliverSignal(SocketId recipient, SocketId sender, long number, RawJson data)
    implements Command {}
