package org.carewire.gateway;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Fields;
import org.carewire.protocol.Limits;
import org.carewire.protocol.Refusal;

/** {@code POST /auth/login} of the demo mode; elsewhere the platform issues the tokens. */
final class DemoLogin {
  private static final Duration VALID_FOR = Duration.ofHours(12);
  private static final int MAX_CHARACTERS = 200;

  private final List<GatewayConfig.Account> accounts;
  private final TokenIssuer tokens;
  private final Authentication authentication;
  private final boolean behindProxy;
  private final Limits limits;

  DemoLogin(
      GatewayConfig config, TokenIssuer tokens, Authentication authentication, Limits limits) {
    this.accounts = config.accounts();
    this.behindProxy = config.http().forwardedHeaders();
    this.tokens = tokens;
    this.authentication = authentication;
    this.limits = limits;
  }

  void mount(Router router) {
    router.post(HttpApi.BASE + "/auth/login").handler(this::login);
  }

  private void login(RoutingContext context) {
    try {
      Fields body = HttpApi.body(context, limits);
      String email = body.requiredText("email", MAX_CHARACTERS);
      String password = body.requiredText("password", MAX_CHARACTERS);
      find(email, password)
          .ifPresentOrElse(
              account ->
                  HttpApi.send(context, 200, Map.of("token", tokens.issue(account, VALID_FOR))),
              () -> Problems.send(context, refusal(context)));
    } catch (Refusal refusal) {
      Problems.send(context, refusal);
    }
  }

  private Refusal refusal(RoutingContext context) {
    return authentication.failed(
        ClientAddress.of(context.request(), behindProxy),
        Refusal.of(ErrorCode.UNAUTHENTICATED, "The email or the password is wrong"));
  }

  private Optional<GatewayConfig.Account> find(String email, String password) {
    return accounts.stream()
        .filter(account -> account.email().equals(email) && same(account.password(), password))
        .findFirst();
  }

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }
}
