package org.carewire.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.gateway.TokenVerifier.INVALID;
import static org.carewire.gateway.Verifying.GOOD;
import static org.carewire.gateway.Verifying.UNAVAILABLE;
import static org.carewire.gateway.Verifying.await;
import static org.carewire.gateway.Verifying.failure;
import static org.carewire.gateway.Verifying.until;

import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.carewire.testkit.KeyServer;
import org.carewire.testkit.SigningKey;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys change while the server runs, and whoever serves them is not to be relied on. */
class TokenKeysTest {
  private static final Duration DEADLINE = Duration.ofSeconds(15);
  private static final SigningKey OLD = SigningKey.rsa("old");
  private static final SigningKey NEW = SigningKey.ec("new");
  private static final SigningKey NEVER = SigningKey.ec("never");

  @TempDir Path folder;

  private final TurnedClock clock = new TurnedClock();
  private final KeyServer server = KeyServer.with(OLD);
  private final Verifying verifying = Verifying.at(clock, server.uri());

  @BeforeEach
  void start() {
    verifying.started();
    server.awaitRequest(DEADLINE);
  }

  @AfterEach
  void close() {
    verifying.close();
    server.close();
  }

  @Test
  void newKeyIsBelievedAsSoonAsATokenNamesIt() {
    server.publish(OLD, NEW);
    clock.turn(TokenKeys.REST);

    assertThat(verifying.verify(token(NEW))).isEqualTo(GOOD);
    assertThat(verifying.verify(token(OLD))).isEqualTo(GOOD);
    assertThat(server.requests()).isEqualTo(2);
  }

  @Test
  void withdrawnKeyIsBelievedNoLongerThanUntilTheNextRead() {
    server.publish(NEW);
    assertThat(verifying.verify(token(OLD))).isEqualTo(GOOD);

    clock.turn(TokenKeys.REFRESH);

    verifying.awaitRead("read", 2);
    assertThat(verifying.verify(token(OLD))).isEqualTo(INVALID);
    assertThat(verifying.verify(token(NEW))).isEqualTo(GOOD);
  }

  @Test
  void keysOfAFileChangeToo() throws IOException {
    Path file = Files.writeString(folder.resolve("jwks.json"), SigningKey.jwks(OLD));
    try (var ofFile = Verifying.at(clock, file.toUri()).started()) {
      assertThat(ofFile.verify(token(OLD))).isEqualTo(GOOD);

      Files.writeString(file, SigningKey.jwks(OLD, NEW));
      clock.turn(TokenKeys.REST);
      assertThat(ofFile.verify(token(NEW))).as("added").isEqualTo(GOOD);

      Files.writeString(file, SigningKey.jwks(NEW));
      clock.turn(TokenKeys.REFRESH);
      ofFile.awaitRead("read", 3);
      assertThat(ofFile.verify(token(OLD))).as("withdrawn").isEqualTo(INVALID);

      Files.writeString(file, "{\"keys\":[{\"kty\"");
      clock.turn(TokenKeys.REFRESH);
      ofFile.awaitRead("notJwks", 1);
      assertThat(ofFile.verify(token(NEW))).as("half written").isEqualTo(GOOD);

      Files.writeString(file, SigningKey.jwks(OLD));
      clock.turn(TokenKeys.REST);
      ofFile.awaitRead("read", 4);
      assertThat(ofFile.verify(token(OLD))).as("wholly written").isEqualTo(GOOD);
    }
  }

  @Test
  void inventedKeyNamesDoNotFloodTheKeyServer() {
    for (int i = 0; i < 200; i++) {
      assertThat(verifying.verify(token(NEVER.named("invented-" + i)))).isEqualTo(INVALID);
    }
    assertThat(server.requests()).isEqualTo(1);

    clock.turn(TokenKeys.REST);

    for (int i = 0; i < 200; i++) {
      assertThat(verifying.verify(token(NEVER.named("invented-" + i)))).isEqualTo(INVALID);
    }
    assertThat(server.requests()).isEqualTo(2);
  }

  @Test
  void otherAlgorithmsMakeNobodyRead() {
    clock.turn(TokenKeys.REST);
    for (String algorithm : List.of("none", "HS256", "HS512", "RS512", "PS256", "ES384")) {
      String token = Tokens.of("ann").header("kid", "invented").sign(algorithm, NEVER::sign);
      assertThat(verifying.verify(token)).as(algorithm).isEqualTo(INVALID);
    }

    assertThat(server.requests()).isEqualTo(1);
  }

  @Test
  void allWhoWaitForAKeyWaitForOneRead() {
    server.publish(OLD, NEW);
    clock.turn(TokenKeys.REST);

    List<Future<String>> asked = IntStream.range(0, 50).mapToObj(_ -> ask(NEW)).toList();

    assertThat(asked.stream().map(Verifying::await)).containsOnly(GOOD);
    assertThat(server.requests()).isEqualTo(2);
  }

  @Test
  void whoseKeyIsHeldDoesNotWaitForASlowKeyServer() {
    server.hang();
    clock.turn(TokenKeys.REFRESH);
    server.awaitRequest(DEADLINE);

    Future<String> known = ask(OLD);
    Future<String> unknown = ask(NEW);

    assertThat(known.isComplete()).isTrue();
    assertThat(await(known)).isEqualTo(GOOD);
    assertThat(unknown.isComplete()).isFalse();
    assertThat(await(unknown)).isEqualTo(UNAVAILABLE);
    assertThat(verifying.reads("timeout")).isEqualTo(1);
  }

  @Test
  void notMoreThanAFewMayWait() {
    String token = token(NEW);
    server.hang();
    clock.turn(TokenKeys.REST);

    var waiting = new ArrayList<Future<String>>();
    for (int i = 0; i < TokenKeys.MAX_WAITING; i++) {
      waiting.add(verifying.ask(token));
    }
    assertThat(waiting).noneMatch(Future::isComplete);
    Future<String> oneTooMany = verifying.ask(token);
    assertThat(oneTooMany.isComplete()).isTrue();
    assertThat(await(oneTooMany)).isEqualTo(UNAVAILABLE);

    assertThat(waiting.stream().map(Verifying::await)).containsOnly(UNAVAILABLE);
    server.publish(NEW);
    clock.turn(TokenKeys.REST);
    assertThat(verifying.verify(token(NEW))).isEqualTo(GOOD);
  }

  @Test
  void whileTheKeyServerIsDownHeldKeysAreBelievedAndOthersAreUnavailable() {
    server.stop();
    clock.turn(Duration.ofDays(30));

    verifying.awaitRead("unreachable", 1);
    assertThat(verifying.verify(monthLater(OLD))).isEqualTo(GOOD);
    assertThat(verifying.verify(monthLater(NEW))).isEqualTo(UNAVAILABLE);

    server.restart();
    server.publish(OLD, NEW);
    clock.turn(TokenKeys.REST);

    assertThat(verifying.verify(monthLater(NEW))).isEqualTo(GOOD);
  }

  @Test
  void keysThatWereNeverReadAreReadOnceTheKeyServerIsThere() {
    server.stop();
    try (var late = Verifying.at(clock, server.uri()).started()) {
      assertThat(late.verify(token(OLD))).isEqualTo(UNAVAILABLE);
      assertThat(late.verify(Tokens.garbage())).as("bad in any case").isEqualTo(INVALID);
      assertThat(late.keys.areHeld()).isFalse();

      server.restart();
      clock.turn(TokenKeys.REST);

      until("held", late.keys::areHeld);
      assertThat(late.verify(token(OLD))).isEqualTo(GOOD);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badAnswers")
  void badAnswerDoesNotReplaceTheKeys(String outcome, Consumer<KeyServer> badly) {
    badly.accept(server);
    clock.turn(TokenKeys.REST);

    assertThat(verifying.verify(token(NEVER))).isEqualTo(UNAVAILABLE);

    assertThat(verifying.reads(outcome)).isEqualTo(1);
    assertThat(verifying.verify(token(OLD))).isEqualTo(GOOD);
    assertThat(verifying.verify(token(NEVER))).as("a moment later").isEqualTo(UNAVAILABLE);
    assertThat(server.requests()).isEqualTo(2);
  }

  static Stream<Arguments> badAnswers() {
    String good = SigningKey.jwks(NEVER);
    String huge = good + " ".repeat(JwksSource.MAX_BYTES);
    return Stream.of(
        bad("notJwks", server -> server.answer(200, "<html>Sign in</html>")),
        bad("notJwks", server -> server.answer(200, "")),
        bad("notJwks", server -> server.answer(200, good.substring(0, good.length() - 1))),
        bad("noUsableKey", server -> server.answer(200, "{\"keys\":[]}")),
        bad("noUsableKey", server -> server.answer(200, SigningKey.jwks(NEVER.privateJwk()))),
        bad("badStatus", server -> server.answer(500, good)),
        bad("badStatus", server -> server.answer(404, good)),
        bad("badStatus", server -> server.answer(203, good)),
        bad("tooLarge", server -> server.answer(200, huge)),
        bad("unreachable", server -> server.breakOff(NEVER)),
        bad("timeout", KeyServer::drip),
        bad("timeout", KeyServer::hang));
  }

  private static Arguments bad(String outcome, Consumer<KeyServer> badly) {
    return Arguments.of(outcome, badly);
  }

  @Test
  void redirectIsNotFollowed() {
    try (var elsewhere = KeyServer.with(NEVER)) {
      server.redirect(elsewhere.uri());
      clock.turn(TokenKeys.REST);

      assertThat(verifying.verify(token(NEVER))).isEqualTo(UNAVAILABLE);

      assertThat(elsewhere.requests()).isZero();
      assertThat(verifying.reads("badStatus")).isEqualTo(1);
    }
  }

  @Test
  void keyServerWhoseCertificateNobodyTrustsIsNotBelieved() {
    try (var untrusted = KeyServer.untrusted(folder, NEVER);
        var late = Verifying.at(clock, untrusted.uri()).started()) {
      assertThat(late.verify(token(NEVER))).isEqualTo(UNAVAILABLE);
      assertThat(late.reads("unreachable")).isEqualTo(1);
      assertThat(untrusted.requests()).isZero();
    }
  }

  @Test
  void fileThatIsOfNoUseAtTheStartIsRefused() throws IOException {
    assertRefused(folder.resolve("nowhere.json"), "cannot be read");
    assertRefused(folder, "cannot be read");
    assertRefused(Files.writeString(folder.resolve("a"), "no JSON"), "is no JWKS");
    assertRefused(Files.writeString(folder.resolve("b"), "{\"keys\":[]}"), "no key that can be");
    assertRefused(
        Files.writeString(folder.resolve("c"), " ".repeat(JwksSource.MAX_BYTES + 1)),
        "more than 1000000 bytes");
  }

  private void assertRefused(Path file, String why) {
    try (var useless = Verifying.at(clock, file.toUri())) {
      assertThat(failure(useless.keys.start()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(why);
    }
  }

  private Future<String> ask(SigningKey key) {
    return verifying.ask(token(key));
  }

  private static String token(SigningKey key) {
    return Tokens.of("ann").expiresIn(Duration.ofDays(1)).sign(key);
  }

  private static String monthLater(SigningKey key) {
    return Tokens.of("ann").expiresIn(Duration.ofDays(40)).sign(key);
  }
}
