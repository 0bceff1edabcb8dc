package org.carewire.protocol;

/**
 * The media server of a call that is too large for its participants to send each other everything;
 * it does not print its token.
 *
 * @param url of a LiveKit server
 * @param room its room for the call
 * @param token which lets one participant in, as LiveKit's clients take it
 */
public record SfuAccess(String url, String room, String token) {

  @Override
  public String toString() {
    return "SfuAccess[" + room + "]";
  }
}
