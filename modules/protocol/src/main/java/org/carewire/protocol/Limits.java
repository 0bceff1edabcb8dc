package org.carewire.protocol;

/**
 * How much a client may send. Lengths of text are in characters (UTF-16 units), sizes in bytes of
 * UTF-8.
 *
 * @param frameBytes one frame from a client
 * @param pageBytes one page of results ends before this
 * @param queuedBytes what may wait to be sent to one session
 * @param signalBytes one WebRTC signal, as JSON
 * @param notifiedUsers by one request
 * @param topicSubscriptions of one user
 * @param callsPerMinute that one user may initiate
 * @param connectionsPerSecond per address; loopback is exempt
 */
public record Limits(
    int frameBytes,
    int pageBytes,
    int messageCharacters,
    int attachments,
    int attachmentCharacters,
    int metadataBytes,
    int metadataDepth,
    int titleCharacters,
    int notificationCharacters,
    int reasonCharacters,
    int customStatusCharacters,
    int signalBytes,
    int listedIds,
    int notifiedUsers,
    int topicSubscriptions,
    int joinedRooms,
    int presenceSubscriptions,
    int messagesPerSecond,
    int messageBurst,
    int requestsPerSecond,
    int requestBurst,
    int callsPerMinute,
    int connectionsPerSecond,
    int connectionBurst,
    int sessionsPerUser,
    int queuedBytes) {

  /** What lies beyond this many times its limit is {@code TOO_LARGE} rather than a bad request. */
  public static final int FAR_BEYOND = 4;

  public static final Limits DEFAULT =
      new Limits(
          1_000_000, 512_000, 8_000, 10, 2_048, 8_192, 8, 200, 2_000, 200, 140, 65_536, 200, 1_000,
          1_000, 500, 1_000, 100, 1_000, 300, 1_500, 20, 50, 500, 50, 4_194_304);
}
