package org.carewire.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.gateway.Verifying.await;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.carewire.gateway.Ward.Asked;
import org.carewire.platform.Delivery;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ChatEndpoints;
import org.carewire.protocol.Command;
import org.carewire.protocol.FindTops;
import org.carewire.protocol.FindUnread;
import org.carewire.protocol.Limits;
import org.carewire.protocol.NotificationEndpoints;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.Tops;
import org.carewire.protocol.UnreadFound;
import org.carewire.protocol.UserId;
import org.carewire.protocol.UserUnread;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is found after deliveries may have been lost. */
class RecheckingTest {
  private static final UserId ANN = new UserId("ann");
  private static final RoomId INBOX = RoomId.notifications(ANN);
  private static final RoomId CHAT = RoomId.chat(ANN, new UserId("doc"));
  private static final Tops TOPS =
      new Tops(List.of(new Tops.Top(TenantId.DEFAULT, CHAT, 7, List.of(ANN))));
  private static final UnreadFound UNREAD =
      new UnreadFound(
          List.of(
              new UnreadFound.OfTenant(
                  TenantId.DEFAULT,
                  List.of(new UnreadFound.Changed(new UserUnread(ANN, 3, 9), 5)))));
  private static final Delivery TOP_REACHED =
      new Delivery.TopReached(TenantId.DEFAULT, CHAT, 7, List.of(ANN));
  private static final Delivery INBOX_REACHED =
      new Delivery.TopReached(TenantId.DEFAULT, INBOX, 5, List.of(ANN));
  private static final Delivery COUNTED =
      new Delivery.UnreadCounted(TenantId.DEFAULT, List.of(new UserUnread(ANN, 3, 9)));

  private final Ward ward = new Ward("redis://127.0.0.1:1");
  private final BlockingQueue<Delivery> told = new LinkedBlockingQueue<>();
  private final SharedLimits limits = new SharedLimits(Limits.DEFAULT, ward.platform.metrics());
  private final Rechecking rechecking =
      new Rechecking(
          ward.platform.vertx(),
          ward.platform.bus(),
          ward.platform.deliveries(),
          limits,
          ward.clock);
  private final Refusal unavailable = Refusal.unavailable("Not now");

  RecheckingTest() {
    limits.openSession(new Caller(TenantId.DEFAULT, ANN, Role.PATIENT, null, null));
    ward.serve(ChatEndpoints.FIND_TOPS);
    ward.serve(NotificationEndpoints.FIND_UNREAD);
    await(ward.platform.deliveries().receive(told::add));
  }

  @AfterEach
  void close() {
    ward.close();
  }

  @Test
  void topsAndCountsThatHaveChangedSinceThenAreTold() throws Exception {
    Instant from = ward.clock.instant().minusSeconds(20);
    rechecking.doubt(from);
    Map<Class<?>, Asked> asked = nextTwo();

    // A change may be stored a while after the time that it has.
    Instant since = from.minus(Duration.ofSeconds(15));
    assertThat(of(asked, FindTops.class).command()).isEqualTo(new FindTops(since));
    assertThat(of(asked, FindUnread.class).command()).isEqualTo(new FindUnread(since));
    of(asked, FindTops.class).reply(TOPS);
    assertThat(nextTold()).isEqualTo(TOP_REACHED);
    of(asked, FindUnread.class).reply(UNREAD);
    assertThat(List.of(nextTold(), nextTold())).containsExactly(INBOX_REACHED, COUNTED);
  }

  @Test
  void topsAreFoundWhereCountsCannotBe() throws Exception {
    Instant from = ward.clock.instant();
    rechecking.doubt(from);
    Map<Class<?>, Asked> asked = nextTwo();
    ward.clock.turn(Duration.ofSeconds(5));

    of(asked, FindUnread.class).refuse(unavailable);
    of(asked, FindTops.class).reply(TOPS);
    assertThat(nextTold()).isEqualTo(TOP_REACHED);
    Map<Class<?>, Asked> again = nextTwo();

    // What was not answered is asked again from the start.
    Instant since = from.minus(Duration.ofSeconds(15));
    assertThat(of(again, FindUnread.class).command()).isEqualTo(new FindUnread(since));
    of(again, FindUnread.class).reply(UNREAD);
    assertThat(List.of(nextTold(), nextTold())).containsExactly(INBOX_REACHED, COUNTED);
  }

  @Test
  void countsAreFoundWhereTopsCannotBe() throws Exception {
    rechecking.doubt(ward.clock.instant());
    Map<Class<?>, Asked> asked = nextTwo();

    of(asked, FindTops.class).refuse(unavailable);
    of(asked, FindUnread.class).reply(UNREAD);

    assertThat(List.of(nextTold(), nextTold())).containsExactly(INBOX_REACHED, COUNTED);
    Map<Class<?>, Asked> again = nextTwo();
    of(again, FindTops.class).reply(TOPS);
    assertThat(nextTold()).isEqualTo(TOP_REACHED);
  }

  /** By what they ask; one of each. */
  private Map<Class<?>, Asked> nextTwo() {
    var asked = new HashMap<Class<?>, Asked>();
    while (asked.size() < 2) {
      Asked next = ward.nextAsked();
      asked.put(next.command().getClass(), next);
    }
    return asked;
  }

  private static Asked of(Map<Class<?>, Asked> asked, Class<? extends Command> command) {
    return Objects.requireNonNull(asked.get(command));
  }

  private Delivery nextTold() throws InterruptedException {
    return Objects.requireNonNull(told.poll(15, TimeUnit.SECONDS));
  }
}
