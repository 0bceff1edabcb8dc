package org.carewire.gateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.carewire.gateway.Returning.Resumed;
import org.carewire.platform.Delivery;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ChatEndpoints;
import org.carewire.protocol.CloseCode;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.Done;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Fields;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.SeeUser;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** {@code session:hello} and {@code session:refresh}: how a session gets its user. */
final class Greeting {
  private static final int MAX_TOKEN_CHARACTERS = 8_192;
  private static final Duration SEEN_FOR = Duration.ofMinutes(10);
  private static final int MAX_SEEN = 100_000;

  /** What a session is told when it is connected. */
  record Connected(
      SocketId socketId,
      UserId userId,
      Instant timestamp,
      String epoch,
      boolean resumed,
      List<RoomId> rooms,
      @Nullable DeviceId deviceId,
      long pingInterval) {}

  /** With the epoch, as an earlier history may not have known the user. */
  private record SeenUser(TenantId tenant, UserId user, String epoch) {}

  /** What a session is told whose hello is refused. */
  record SessionError(String error, ErrorCode code) {}

  private final Platform platform;
  private final Authentication authentication;
  private final Sessions sessions;
  private final SharedLimits shared;
  private final Returning returning;
  private final EntryFlow flow;
  private final PresenceRequests presence;
  private final CallRequests calls;
  private final Duration pingInterval;
  private final Clock clock;

  /** Users whose role the server has noted of late. */
  private final Cache<SeenUser, Role> seen =
      Caffeine.newBuilder().expireAfterWrite(SEEN_FOR).maximumSize(MAX_SEEN).build();

  Greeting(
      Platform platform,
      Authentication authentication,
      Sessions sessions,
      SharedLimits shared,
      Returning returning,
      EntryFlow flow,
      PresenceRequests presence,
      CallRequests calls,
      Duration pingInterval) {
    this.platform = platform;
    this.authentication = authentication;
    this.sessions = sessions;
    this.shared = shared;
    this.returning = returning;
    this.flow = flow;
    this.presence = presence;
    this.calls = calls;
    this.pingInterval = pingInterval;
    this.clock = platform.clock();
  }

  Future<Connected> hello(Session session, Fields data) {
    requireNew(session);
    DeviceId device = data.parsed("deviceId", DeviceId::new);
    Resume resume = Resume.decode(data);
    return authentication
        .verify(token(session, data), session.address())
        .onFailure(failure -> refuse(session, failure))
        .compose(principal -> begin(session, principal, device, resume));
  }

  private static void requireNew(Session session) {
    if (!session.isOpen() || session.caller() != null) {
      throw Refusal.of(ErrorCode.WRONG_STATE, "The session has said hello already");
    }
  }

  private static @Nullable String token(Session session, Fields data) {
    String token = data.text("token", MAX_TOKEN_CHARACTERS);
    String other = session.bearerToken();
    if (token == null && other != null && other.length() > MAX_TOKEN_CHARACTERS) {
      throw Refusal.tooLarge("token", "token is beyond " + MAX_TOKEN_CHARACTERS + " characters");
    }
    return token == null ? other : token;
  }

  private Future<Connected> begin(
      Session session, Principal principal, @Nullable DeviceId device, Resume resume) {
    requireNew(session);
    Caller caller = principal.caller(session.id(), device);
    if (!shared.openSession(caller)) {
      Refusal refusal =
          new Refusal(
              ErrorCode.RATE_LIMITED,
              "The user has too many sessions",
              null,
              Duration.ofSeconds(5));
      tell(session, refusal, CloseCode.TOO_MANY);
      throw refusal;
    }
    session.authenticate(principal, device);
    boolean beginsWithTheLog = device != null || !resume.positions().isEmpty();
    var following = new Following(session, caller, beginsWithTheLog);
    session.follow(following);
    // From here on it is told of entries, so none falls between them and its positions in the logs.
    Future<Void> routed = sessions.authenticated(session, caller);
    noteUser(caller);
    String epoch = platform.epoch().current();
    session.toldEpoch(epoch);
    if (resume.socket() != null) {
      platform
          .deliveries()
          .send(new Delivery.SessionReplaced(caller.tenant(), caller.user(), resume.socket()));
    }
    Future<Resumed> resumed = returning.come(session, caller, resume.socket());
    return Future.all(resumed, flow.begin(following, resume, routed))
        .map(_ -> connect(session, caller, following, resumed.result(), epoch));
  }

  private Connected connect(
      Session session, Caller caller, Following following, Resumed resumed, String epoch) {
    var connected =
        new Connected(
            session.id(),
            caller.user(),
            clock.instant(),
            epoch,
            resumed.resumed(),
            resumed.rooms(),
            caller.device(),
            pingInterval.toMillis());
    session.connected();
    session.send(OutboundEvent.of(ServerEvent.CONNECTED, connected));
    // Behind the reply to the hello.
    platform
        .vertx()
        .runOnContext(
            _ -> {
              flow.connected(following);
              presence.connected(session, caller);
              calls.connected(session, caller);
            });
    return connected;
  }

  /** Notes the role of the token, by which others may chat with its user. */
  private void noteUser(Caller caller) {
    var user = new SeenUser(caller.tenant(), caller.user(), platform.epoch().current());
    if (seen.getIfPresent(user) != caller.role()) {
      seen.put(user, caller.role());
      platform
          .bus()
          .request(ChatEndpoints.SEE_USER, caller, new SeeUser())
          .onFailure(_ -> seen.invalidate(user));
    }
  }

  private void refuse(Session session, Throwable failure) {
    // Another hello may have been faster, where this one had to wait for keys.
    if (failure instanceof Refusal refusal && session.caller() == null) {
      switch (refusal.code()) {
        // It may try again, until its time for hello is over.
        case UNAVAILABLE -> tell(session, refusal, null);
        case RATE_LIMITED -> tell(session, refusal, CloseCode.TOO_MANY);
        default -> tell(session, refusal, CloseCode.NOT_AUTHENTICATED);
      }
    }
  }

  /** Tells why, once the reply to the hello is sent, and closes where there is a code for it. */
  private void tell(Session session, Refusal refusal, @Nullable CloseCode code) {
    platform
        .vertx()
        .runOnContext(
            _ -> {
              session.send(
                  OutboundEvent.of(
                      ServerEvent.ERROR, new SessionError(refusal.text(), refusal.code())));
              if (code != null) {
                session.close(code);
              }
            });
  }

  /** Replaces the token of a session by another one of the same user. */
  Future<Done> refresh(Session session, Caller caller, Fields data) {
    return authentication
        .verify(data.requiredText("token", MAX_TOKEN_CHARACTERS), session.address())
        .map(
            principal -> {
              if (!principal.user().equals(caller.user())
                  || !principal.tenant().equals(caller.tenant())
                  || principal.role() != caller.role()) {
                throw Refusal.of(
                    ErrorCode.ACCESS_DENIED,
                    "The token has another user or role; connect anew with it");
              }
              session.authenticate(principal, caller.device());
              noteUser(principal.caller(null, null));
              return Done.DONE;
            });
  }
}
