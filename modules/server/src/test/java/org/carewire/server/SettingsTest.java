package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.carewire.gateway.GatewayConfig.Algorithm;
import org.carewire.platform.PostgresConfig;
import org.carewire.platform.RedisConfig;
import org.carewire.platform.ServerAddress;
import org.carewire.protocol.Limits;
import org.carewire.signaling.SignalingConfig;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator may write, and what the refusal of anything else says. */
class SettingsTest {
  private static final String SECRET_OF_32 = "sesame".repeat(6).substring(0, 32);

  @Test
  void whatIsNotSetHasItsDefault() {
    CarewireConfig config = read(Map.of());

    assertThat(config.limits()).isEqualTo(Limits.DEFAULT);
    assertThat(config.gateway().http().port()).isEqualTo(8080);
    assertThat(config.gateway().http().origins()).isEmpty();
    assertThat(config.management().host()).isEqualTo("127.0.0.1");
    assertThat(config.postgres().tls()).isEqualTo(PostgresConfig.Tls.DISABLE);
    assertThat(config.gateway().sessions().pingInterval()).isEqualTo(Duration.ofSeconds(25));
  }

  @Test
  void theEnvironmentWinsOverTheFile() {
    CarewireConfig config =
        read(
            Map.of("http.port", "8090", "http.forwardedHeaders", "false"),
            Map.of("CAREWIRE_HTTP_PORT", "8091", "CAREWIRE_HTTP_FORWARDED_HEADERS", "true"));

    assertThat(config.gateway().http().port()).isEqualTo(8091);
    assertThat(config.gateway().http().forwardedHeaders()).isTrue();
  }

  @Test
  void theEnvironmentOfOthersIsLeftAlone() {
    CarewireConfig config = read(Map.of(), Map.of("HOME", "/root", "HTTP_PORT", "1"));

    assertThat(config.gateway().http().port()).isEqualTo(8080);
  }

  @ParameterizedTest
  @CsvSource({
    "http.port, eighty, a whole number between 0 and 65535",
    "http.port, 70000, a whole number between 0 and 65535",
    "http.port, -1, a whole number between 0 and 65535",
    "http.port, 80.5, a whole number between 0 and 65535",
    "management.port, 99999999999, a whole number between 0 and 65535",
    "postgres.port, 0, a whole number between 1 and 65535",
    "postgres.poolSize, 1, a whole number between 2 and 1000",
    "node.instances, 0, a whole number between 1 and 64",
    "limits.messageCharacters, 0, a whole number between 1 and 16000000",
    "limits.frameBytes, 16000001, a whole number between 1 and 16000000",
    "http.forwardedHeaders, yes, true or false",
    "postgres.tls, verify_full, 'one of disable, require, verify-full'",
    "session.helloTimeout, 10, 'a time such as 300ms, 10s or 2m, and at least 10ms'",
    "session.pingInterval, 9ms, 'a time such as 300ms, 10s or 2m, and at least 10ms'",
    "session.silenceTimeout, 1h, 'a time such as 300ms, 10s or 2m, and at least 25001ms'",
    "session.silenceTimeout, 25s, 'a time such as 300ms, 10s or 2m, and at least 25001ms'",
    "tokens.leeway, -1s, 'a time such as 300ms, 10s or 2m, and at least 0ms'",
    "calls.meshParticipants, 51, a whole number between 0 and 50",
    "calls.turnLifetime, 59s, 'a time such as 300ms, 10s or 2m, and at least 60000ms'"
  })
  void aWrongValueIsRefusedWithItsKeyAndWhatItMustBe(String key, String value, String wanted) {
    assertThatThrownBy(() -> read(Map.of(key, value)))
        .isInstanceOf(StartFailure.class)
        .hasMessage("%s is \"%s\", but must be %s", key, value, wanted);
  }

  @ParameterizedTest
  @CsvSource({"300ms, 300", "10s, 10000", "2m, 120000"})
  void timesHaveUnits(String value, long millis) {
    assertThat(read(Map.of("session.pingInterval", value)).gateway().sessions().pingInterval())
        .isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void whatNobodyAsksForIsRefusedByNameWhereverItStands() {
    assertThatThrownBy(
            () -> read(Map.of("http.prot", "1"), Map.of("CAREWIRE_REDIS_URL", "redis://secret")))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("CAREWIRE_REDIS_URL, http.prot")
        .hasMessageNotContaining("secret");
  }

  @Test
  void aBlankValueIsNone() {
    assertThatThrownBy(() -> read(Map.of("tokens.secret", "  ")))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("tokens.secret or tokens.jwks is required")
        .hasMessageContaining("CAREWIRE_TOKENS_SECRET")
        .hasMessageContaining("CAREWIRE_TOKENS_JWKS");
  }

  @Test
  void whereThereIsAJwksNoSecretIsNeeded() {
    var tokens =
        read(Map.of("tokens.secret", "", "tokens.jwks", "keys/jwks.json")).gateway().tokens();

    assertThat(tokens.secret()).isNull();
    assertThat(tokens.jwks()).isEqualTo(Path.of("keys/jwks.json").toAbsolutePath().toUri());
    assertThat(tokens.algorithms()).containsExactly(Algorithm.RS256, Algorithm.ES256);
  }

  @Test
  void aJwksMayBeAtAUrlAndBeForOneAlgorithm() {
    String url = "https://id.example.com:8443/jwks.json?tenant=a";
    var tokens = read(Map.of("tokens.jwks", url, "tokens.algorithms", "ES256")).gateway().tokens();

    assertThat(tokens.jwks()).hasToString(url);
    assertThat(tokens.algorithms()).containsExactly(Algorithm.ES256);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://id.example.com/jwks.json",
        "file:///etc/jwks.json",
        "https://",
        "https:///jwks.json",
        "https://id.example.com/a b",
        "https://ann:sesame@id.example.com/jwks.json"
      })
  void aJwksElsewhereIsRefusedAndNotRepeated(String value) {
    assertThatThrownBy(() -> read(Map.of("tokens.jwks", value)))
        .isInstanceOf(StartFailure.class)
        .hasMessageStartingWith("tokens.jwks must be the path of a file, or a URL")
        .hasMessageNotContaining("sesame");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "none", "RS512", "rs256"})
  void anAlgorithmThatNoJwksIsForIsRefused(String value) {
    assertThatThrownBy(
            () -> read(Map.of("tokens.jwks", "jwks.json", "tokens.algorithms", "RS256, " + value)))
        .isInstanceOf(StartFailure.class)
        .hasMessage("tokens.algorithms is \"%s\", but must be RS256, ES256 or both", value);
  }

  @Test
  void algorithmsWithoutAJwksAreRefused() {
    assertThatThrownBy(() -> read(Map.of("tokens.algorithms", "RS256")))
        .isInstanceOf(StartFailure.class)
        .hasMessageStartingWith("tokens.algorithms is about the keys of tokens.jwks");
  }

  @Test
  void theBytesOfASecretCount() {
    String umlauts = "ä".repeat(16);

    assertThat(read(Map.of("tokens.secret", umlauts)).gateway().tokens().secret())
        .isEqualTo(umlauts);
    assertThatThrownBy(() -> read(Map.of("tokens.secret", "a".repeat(31))))
        .hasMessage("tokens.secret has 31 bytes, but must have at least 32");
  }

  @Test
  void anAddressOfRedisIsRefusedWithoutItsPassword() {
    assertThatThrownBy(() -> read(Map.of("redis.uri", "http://:sesame@127.0.0.1")))
        .hasMessageContaining("redis.uri must be redis://host:port or rediss://host:port")
        .hasMessageNotContaining("sesame");
  }

  @Test
  void sentinelsHaveTheNameOfTheirMaster() {
    RedisConfig redis =
        read(Map.of(
                "redis.mode",
                "sentinel",
                "redis.uri",
                "redis://:sesame@a:26379/1, redis://[::1]:26379",
                "redis.master",
                "care"))
            .redis();

    assertThat(redis.mode()).isEqualTo(RedisConfig.Mode.SENTINEL);
    assertThat(redis.uris()).containsExactly("redis://:sesame@a:26379/1", "redis://[::1]:26379");
    assertThat(redis.master()).isEqualTo("care");
    assertThat(redis.toString()).contains("a:26379", "[::1]:26379").doesNotContain("sesame");
  }

  @ParameterizedTest
  @CsvSource({
    "sentinel, redis://:sesame@a, '', 'redis.master is required where redis.mode is sentinel'",
    "cluster, redis://:sesame@a, care, 'redis.master is about sentinels'",
    "standalone, redis://:sesame@a, care, 'redis.master is about sentinels'",
    "standalone, 'redis://:sesame@a, redis://b', '', 'redis.uri names 2 servers'",
    "cluster, redis://:sesame@a/1, '', 'redis.uri names a database'",
    "cluster, 'redis://:sesame@a, http://b', '', 'redis.uri must be redis://host:port'",
    "cluster, redis://:sesame%@a, '', 'redis.uri must be redis://host:port'",
    "replicas, redis://:sesame@a, '', 'redis.mode is \"replicas\", but must be one of standalone'"
  })
  void waysToRunRedisThatDoNotFitAreRefusedWithoutThePassword(
      String mode, String uri, String master, String refusal) {
    assertThatThrownBy(
            () -> read(Map.of("redis.mode", mode, "redis.uri", uri, "redis.master", master)))
        .isInstanceOf(StartFailure.class)
        .hasMessageStartingWith(refusal)
        .hasMessageNotContaining("sesame");
  }

  @Test
  void serversOfPostgresMayHavePortsOfTheirOwn() {
    PostgresConfig postgres =
        read(Map.of("postgres.host", "a, b.example:5433,[::1]:5434,[::2]", "postgres.port", "6000"))
            .postgres();

    assertThat(postgres.servers())
        .containsExactly(
            new ServerAddress("a", 6000),
            new ServerAddress("b.example", 5433),
            new ServerAddress("::1", 5434),
            new ServerAddress("::2", 6000));
    assertThat(postgres).hasToString("a:6000,b.example:5433,[::1]:5434,[::2]:6000/carewire");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:0", "a:65536", "a:b", "::1", "[a]:1", "a b", "http://a", "user@a:1:2"})
  void whatIsNoServerIsRefused(String value) {
    assertThatThrownBy(() -> read(Map.of("postgres.host", "good," + value)))
        .isInstanceOf(StartFailure.class)
        .hasMessage(
            "postgres.host is \"%s\", but must be a host, host:port or [IPv6 address]:port", value);
  }

  @Test
  void withoutServersForCallsTheyGoDirectly() {
    SignalingConfig calls = read(Map.of()).signaling();

    assertThat(calls.stunUris()).isEmpty();
    assertThat(calls.turn()).isNull();
    assertThat(calls.sfu()).isNull();
  }

  @Test
  void callsMayGoOverStunAndTurnAndAnSfu() {
    SignalingConfig calls =
        read(Map.of(
                "calls.stunUris",
                "stun:stun.example.com, stun:[2001:db8::1]:3478",
                "calls.turnUris",
                "turn:192.0.2.1:3478?transport=udp,turns:turn.example.com?transport=tcp",
                "calls.turnSecret",
                SECRET_OF_32,
                "calls.turnLifetime",
                "90m",
                "calls.sfuUrl",
                "wss://livekit.example.com:7880",
                "calls.sfuKey",
                "key",
                "calls.sfuSecret",
                SECRET_OF_32,
                "calls.meshParticipants",
                "0"))
            .signaling();

    assertThat(calls.stunUris())
        .containsExactly("stun:stun.example.com", "stun:[2001:db8::1]:3478");
    assertThat(calls.turn())
        .isEqualTo(
            new SignalingConfig.Turn(
                List.of(
                    "turn:192.0.2.1:3478?transport=udp", "turns:turn.example.com?transport=tcp"),
                SECRET_OF_32,
                Duration.ofMinutes(90)));
    assertThat(calls.sfu())
        .isEqualTo(new SignalingConfig.Sfu("wss://livekit.example.com:7880", "key", SECRET_OF_32));
    assertThat(calls.toString())
        .contains("turns:turn.example.com", "wss://livekit.example.com")
        .doesNotContain(SECRET_OF_32);
  }

  @ParameterizedTest
  @CsvSource({
    "turnUris, turn:a, stunUris, '', 'calls.turnUris needs calls.turnSecret, which is not set'",
    "turnSecret, sesame7890123456, stunUris, '', 'calls.turnSecret needs calls.turnUris, which is"
        + " not set'",
    "turnUris, turn:a, turnSecret, sesame789012345, 'calls.turnSecret has 15 bytes, but must'",
    "turnUris, stun:a, turnSecret, sesame7890123456, 'calls.turnUris is \"stun:a\", but must be'",
    "turnUris, turn://a, turnSecret, sesame7890123456, 'calls.turnUris is \"turn://a\", but must'",
    "turnUris, turn:a?transport=sctp, turnSecret, sesame7890123456, 'calls.turnUris is \"turn:a?'",
    "stunUris, turn:a, turnUris, '', 'calls.stunUris is \"turn:a\", but must be URIs such as"
        + " stun:'",
    "stunUris, stun:a:b, turnUris, '', 'calls.stunUris is \"stun:a:b\", but must be URIs such as"
        + " stun:'",
    "sfuUrl, wss://a, stunUris, '', 'calls.sfuUrl needs calls.sfuKey, which is not set'",
    "sfuUrl, wss://a, sfuKey, k, 'calls.sfuUrl needs calls.sfuSecret, which is not set'",
    "sfuKey, sesame, stunUris, '', 'calls.sfuKey needs calls.sfuUrl, which is not set'",
    "sfuSecret, sesame78901234567890123456789012, stunUris, '', 'calls.sfuSecret needs"
        + " calls.sfuUrl'",
    "sfuUrl, wss://a, sfuSecret, sesame7890123456789012345678901, 'calls.sfuSecret has 31 bytes'",
    "sfuUrl, https://a, stunUris, '', 'calls.sfuUrl must be a URL such as wss://'",
    "sfuUrl, wss://ann:sesame@a, stunUris, '', 'calls.sfuUrl must be a URL such as wss://'",
    "meshParticipants, 1, stunUris, '', 'calls.meshParticipants is 1, which leaves all calls to an"
        + " SFU'"
  })
  void serversForCallsThatDoNotFitAreRefusedWithoutTheirSecrets(
      String key, String value, String otherKey, String otherValue, String refusal) {
    assertThatThrownBy(() -> read(Map.of("calls." + key, value, "calls." + otherKey, otherValue)))
        .isInstanceOf(StartFailure.class)
        .hasMessageStartingWith(refusal)
        .hasMessageNotContaining("sesame");
  }

  @ParameterizedTest
  @CsvSource({
    "contact, ann, services, '', 'push.contact is \"ann\", but must be'",
    "services, https://a, contact, '', 'push.services needs push.contact, which is not set'",
    "services, a, contact, mailto:a@b, 'push.services is \"a\", but must be origins such as'",
    "webhookUrl, https://a, services, '', 'push.webhookUrl needs push.webhookSecret, which is not'",
    "webhookSecret, sesame78901234567890123456789012, services, '', 'push.webhookSecret needs"
        + " push.webhookUrl'",
    "webhookUrl, https://a, webhookSecret, sesame7890123456789012345678901, 'push.webhookSecret has"
        + " 31 bytes'",
    "webhookUrl, ftp://a, webhookSecret, sesame78901234567890123456789012, 'push.webhookUrl must be"
        + " a URL'",
    "webhookUrl, https://ann:sesame@a, webhookSecret, sesame78901234567890123456789012,"
        + " 'push.webhookUrl must be a URL'"
  })
  void pushesThatDoNotFitAreRefusedWithoutTheirSecrets(
      String key, String value, String otherKey, String otherValue, String refusal) {
    assertThatThrownBy(() -> read(Map.of("push." + key, value, "push." + otherKey, otherValue)))
        .isInstanceOf(StartFailure.class)
        .hasMessageStartingWith(refusal)
        .hasMessageNotContaining("sesame");
  }

  @Test
  void noSecretPrintsItself() {
    CarewireConfig config =
        read(Map.of("redis.uri", "redis://:sesame@127.0.0.1", "postgres.password", "sesame"));

    assertThat(config.toString()).doesNotContain("sesame").doesNotContain(Tokens.SECRET);
    assertThat(config.postgres().toString()).doesNotContain("sesame");
    assertThat(config.gateway().toString()).doesNotContain(Tokens.SECRET);
    assertThat(config.gateway().tokens().toString()).doesNotContain(Tokens.SECRET);
  }

  @Test
  void aFileHasSectionsAndLists() throws JsonProcessingException {
    Map<String, String> values =
        SettingsFile.parse(
            """
            http:
              port: 8090
              origins: [https://a.example, https://b.example]
            tokens:
              issuer:
            """);

    CarewireConfig config = read(values);
    assertThat(config.gateway().http().port()).isEqualTo(8090);
    assertThat(config.gateway().http().origins())
        .containsExactly("https://a.example", "https://b.example");
    assertThat(config.gateway().tokens().issuer()).isNull();
  }

  @Test
  void aFileThatIsNotYamlIsRefusedByItsLineAndNotRepeated(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("broken.yaml"), "tokens:\n  secret: \"sesame\n");

    assertThatThrownBy(() -> SettingsFile.read(file))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("broken.yaml is not valid YAML")
        .hasMessageContaining("line")
        .hasMessageNotContaining("sesame");
  }

  private static CarewireConfig read(Map<String, String> file) {
    return read(file, Map.of());
  }

  /** With what is required, unless it is given otherwise. */
  private static CarewireConfig read(Map<String, String> file, Map<String, String> environment) {
    var values = new HashMap<String, String>();
    values.put("postgres.host", "127.0.0.1");
    values.put("postgres.database", "carewire");
    values.put("postgres.user", "carewire");
    values.put("postgres.password", "unknown");
    values.put("redis.uri", "redis://127.0.0.1");
    values.put("tokens.secret", Tokens.SECRET);
    values.putAll(file);
    return CarewireConfig.read(new Settings(values, environment), List.of());
  }
}
