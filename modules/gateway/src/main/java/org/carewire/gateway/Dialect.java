package org.carewire.gateway;

import org.jspecify.annotations.Nullable;

/** What is spoken in the frames of one session, whatever carries them. */
interface Dialect {
  /** The frame that tells an event; absent where the client has not asked for such events. */
  @Nullable Frame frame(OutboundEvent event);

  /**
   * Does what a frame of the client asks for, or closes the session where it makes no sense.
   *
   * @param utf8 the text of the frame
   */
  void receive(Session session, byte[] utf8);
}
