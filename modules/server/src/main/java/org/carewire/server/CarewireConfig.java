package org.carewire.server;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.carewire.gateway.GatewayConfig;
import org.carewire.notifications.NotificationsConfig;
import org.carewire.platform.ClusterConfig;
import org.carewire.platform.ManagementConfig;
import org.carewire.platform.NodeRole;
import org.carewire.platform.PostgresConfig;
import org.carewire.platform.RedisConfig;
import org.carewire.protocol.Limits;
import org.carewire.signaling.SignalingConfig;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a node; every key is described in {@code conf/carewire.yaml}.
 *
 * @param cluster absent where the node is to be alone
 */
record CarewireConfig(
    NodeConfig node,
    @Nullable ClusterConfig cluster,
    GatewayConfig gateway,
    SignalingConfig signaling,
    NotificationsConfig notifications,
    ManagementConfig management,
    PostgresConfig postgres,
    RedisConfig redis,
    Limits limits) {

  /** As a JSON escape. */
  private static final int MAX_BYTES_A_CHARACTER = 6;

  private static final int MAX_PORT = 65_535;
  private static final int MAX_LIMIT = 16_000_000;
  private static final Duration SHORTEST = Duration.ofMillis(10);
  private static final Pattern REDIS_URI = Pattern.compile("rediss?://[^\\s/]+(/[0-9]*)?");
  private static final Pattern ORIGIN = Pattern.compile("https?://[A-Za-z0-9.\\[\\]:-]+");

  /**
   * Reads and checks everything; refuses to go on with anything missing, wrong or unknown.
   *
   * @param accounts who may log in by password
   */
  static CarewireConfig read(Settings settings, List<GatewayConfig.Account> accounts) {
    var config =
        new CarewireConfig(
            node(settings),
            ClusterSettings.read(settings),
            gateway(settings, accounts),
            CallSettings.read(settings),
            NotificationSettings.read(settings),
            new ManagementConfig(
                settings.text("management.host", "127.0.0.1"),
                settings.integer("management.port", 0, MAX_PORT, 8081)),
            postgres(settings),
            redis(settings),
            limits(settings));
    settings.refuseUnknown();
    if (config.cluster() == null && !config.node().roles().equals(NodeRole.ALL)) {
      throw new StartFailure("A node without a cluster needs all roles: leave node.roles out");
    }
    return config;
  }

  private static NodeConfig node(Settings settings) {
    return new NodeConfig(
        settings.integer("node.instances", 1, 64, Runtime.getRuntime().availableProcessors()),
        settings.words("node.roles", NodeRole.class, NodeRole.ALL),
        settings.duration("node.stopTimeout", Duration.ofSeconds(1), Duration.ofSeconds(20)),
        settings.duration("node.drainDelay", Duration.ZERO, Duration.ZERO));
  }

  private static GatewayConfig gateway(Settings settings, List<GatewayConfig.Account> accounts) {
    return new GatewayConfig(
        new GatewayConfig.Http(
            settings.text("http.host", "0.0.0.0"),
            settings.integer("http.port", 0, MAX_PORT, 8080),
            origins(settings),
            settings.flag("http.forwardedHeaders", false),
            settings.duration("http.requestTimeout", SHORTEST, Duration.ofSeconds(30))),
        TokenSettings.read(settings),
        sessions(settings),
        settings.duration("node.drainTime", Duration.ZERO, Duration.ofSeconds(5)),
        accounts);
  }

  private static List<String> origins(Settings settings) {
    String key = "http.origins";
    List<String> origins = settings.list(key);
    for (String origin : origins) {
      if (!ORIGIN.matcher(origin).matches()) {
        throw Settings.wrong(key, origin, "origins such as https://app.example.com");
      }
    }
    return origins;
  }

  private static GatewayConfig.Sessions sessions(Settings settings) {
    Duration ping = settings.duration("session.pingInterval", SHORTEST, Duration.ofSeconds(25));
    return new GatewayConfig.Sessions(
        settings.duration("session.helloTimeout", SHORTEST, Duration.ofSeconds(10)),
        ping,
        // A live client shows itself by its pongs.
        settings.duration("session.silenceTimeout", ping.plusMillis(1), Duration.ofSeconds(60)),
        settings.duration("session.stallTimeout", SHORTEST, Duration.ofSeconds(30)));
  }

  private static PostgresConfig postgres(Settings settings) {
    return new PostgresConfig(
        settings.addresses("postgres.host", settings.integer("postgres.port", 1, MAX_PORT, 5432)),
        settings.required("postgres.database"),
        settings.required("postgres.user"),
        settings.required("postgres.password"),
        settings.word("postgres.tls", PostgresConfig.Tls.class, PostgresConfig.Tls.DISABLE),
        settings.integer("postgres.poolSize", 2, 1_000, 10));
  }

  private static RedisConfig redis(Settings settings) {
    var mode = settings.word("redis.mode", RedisConfig.Mode.class, RedisConfig.Mode.STANDALONE);
    List<String> uris = redisUris(settings, mode);
    String key = "redis.master";
    String master = settings.optional(key);
    if (mode == RedisConfig.Mode.SENTINEL && master == null) {
      throw new StartFailure(
          key
              + " is required where redis.mode is sentinel: the name by which they know the"
              + " master");
    }
    if (mode != RedisConfig.Mode.SENTINEL && master != null) {
      throw new StartFailure(key + " is about sentinels, but redis.mode is not sentinel");
    }
    return new RedisConfig(mode, uris, master);
  }

  private static List<String> redisUris(Settings settings, RedisConfig.Mode mode) {
    String key = "redis.uri";
    settings.required(key);
    List<String> uris = settings.list(key);
    // The values may hold a password.
    if (!uris.stream().allMatch(CarewireConfig::isRedisUri)) {
      throw new StartFailure(
          key
              + " must be redis://host:port or rediss://host:port, with user:password@ before the"
              + " host if need be");
    }
    if (mode == RedisConfig.Mode.STANDALONE && uris.size() > 1) {
      throw new StartFailure(
          key + " names " + uris.size() + " servers, which is for redis.mode sentinel or cluster");
    }
    if (mode == RedisConfig.Mode.CLUSTER
        && uris.stream().anyMatch(uri -> URI.create(uri).getPath().length() > 1)) {
      throw new StartFailure(key + " names a database, but a Redis Cluster has none");
    }
    return uris;
  }

  private static boolean isRedisUri(String uri) {
    try {
      return REDIS_URI.matcher(uri).matches() && new URI(uri).getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static Limits limits(Settings settings) {
    Limits limits = Limits.DEFAULT;
    var read =
        new Limits(
            limit(settings, "frameBytes", limits.frameBytes()),
            limit(settings, "pageBytes", limits.pageBytes()),
            limit(settings, "messageCharacters", limits.messageCharacters()),
            limit(settings, "attachments", limits.attachments()),
            limit(settings, "attachmentCharacters", limits.attachmentCharacters()),
            limit(settings, "metadataBytes", limits.metadataBytes()),
            limit(settings, "metadataDepth", limits.metadataDepth()),
            limit(settings, "titleCharacters", limits.titleCharacters()),
            limit(settings, "notificationCharacters", limits.notificationCharacters()),
            limit(settings, "reasonCharacters", limits.reasonCharacters()),
            limit(settings, "customStatusCharacters", limits.customStatusCharacters()),
            limit(settings, "signalBytes", limits.signalBytes()),
            limit(settings, "listedIds", limits.listedIds()),
            limit(settings, "notifiedUsers", limits.notifiedUsers()),
            limit(settings, "topicSubscriptions", limits.topicSubscriptions()),
            limit(settings, "joinedRooms", limits.joinedRooms()),
            limit(settings, "presenceSubscriptions", limits.presenceSubscriptions()),
            limit(settings, "messagesPerSecond", limits.messagesPerSecond()),
            limit(settings, "messageBurst", limits.messageBurst()),
            limit(settings, "requestsPerSecond", limits.requestsPerSecond()),
            limit(settings, "requestBurst", limits.requestBurst()),
            limit(settings, "callsPerMinute", limits.callsPerMinute()),
            limit(settings, "connectionsPerSecond", limits.connectionsPerSecond()),
            limit(settings, "connectionBurst", limits.connectionBurst()),
            limit(settings, "sessionsPerUser", limits.sessionsPerUser()),
            limit(settings, "queuedBytes", limits.queuedBytes()));
    long largest =
        MAX_BYTES_A_CHARACTER
                * ((long) read.messageCharacters()
                    + (long) read.attachments() * read.attachmentCharacters())
            + read.metadataBytes();
    if (read.pageBytes() < largest) {
      throw Settings.wrong(
          "limits.pageBytes",
          Integer.toString(read.pageBytes()),
          "at least " + largest + ", so that the largest message fits");
    }
    return read;
  }

  private static int limit(Settings settings, String name, int otherwise) {
    return settings.integer("limits." + name, 1, MAX_LIMIT, otherwise);
  }

  @Override
  public String toString() {
    return "CarewireConfig[" + postgres + "]";
  }
}
