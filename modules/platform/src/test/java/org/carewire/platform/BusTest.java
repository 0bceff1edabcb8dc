package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.platform.Awaiting.await;
import static org.carewire.platform.Awaiting.failure;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.ClosedConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Command;
import org.carewire.protocol.Endpoint;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.VisitId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class BusTest {
  private static final int INSTANCES = 4;
  private static final String SECRET = "kanarienvogel";
  private static final Caller ANN =
      new Caller(TenantId.DEFAULT, new UserId("ann"), Role.PATIENT, null, null);
  private static final RoomId ROOM = room("v-1");

  private record Ask(RoomId room, int number) implements Command.InRoom {}

  private record Answer(int number) {}

  private static final Endpoint<Ask, Answer> ASK =
      new Endpoint<>("chat.ask", Ask.class, Answer.class, Duration.ofSeconds(5));
  private static final Endpoint<Ask, Answer> ASK_BRIEFLY =
      new Endpoint<>("chat.askBriefly", Ask.class, Answer.class, Duration.ofMillis(50));

  private final Vertx vertx = Vertx.vertx();
  private final Bus bus =
      new Bus(vertx, Cluster.alone(NodeId.fresh()), INSTANCES, new SimpleMeterRegistry());
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    root.addAppender(log);
  }

  @AfterEach
  void close() {
    root.detachAppender(log);
    await(vertx.close());
  }

  @Test
  void anAnswerComesBack() {
    serve(() -> Future.succeededFuture(new Answer(7)));

    assertThat(await(ask())).isEqualTo(new Answer(7));
  }

  @Test
  void aRefusalComesBackAsItIs() {
    var refusal =
        new Refusal(ErrorCode.CONFLICT, "Not that again", "clientMessageId", Duration.ofMillis(70));
    serve(() -> Future.failedFuture(refusal));

    assertThat(refused()).usingRecursiveComparison().isEqualTo(refusal);
  }

  @Test
  void aRefusalThatIsThrownComesBackAsItIs() {
    serve(
        () -> {
          throw Refusal.badRequest("field", "No");
        });

    Refusal refusal = refused();
    assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_REQUEST);
    assertThat(refusal.field()).contains("field");
  }

  @Test
  void anUnknownFailureIsInternalAndItsTextIsNeitherToldNorLogged() {
    List<Supplier<Future<Answer>>> faults =
        List.of(
            () -> Future.failedFuture(fault()),
            () -> {
              throw fault();
            });
    var next = new ConcurrentLinkedQueue<>(faults);
    serve(() -> next.remove().get());
    for (int i = 0; i < faults.size(); i++) {
      log.list.clear();
      Refusal refusal = refused();

      assertThat(refusal.code()).isEqualTo(ErrorCode.INTERNAL);
      assertThat(refusal.text()).doesNotContain(SECRET);
      assertThat(logged()).hasSize(1).noneMatch(line -> line.contains(SECRET));
      assertThat(logged().getFirst())
          .contains("chat.ask", "IllegalStateException", "ArithmeticException", "BusTest");
    }
  }

  private static IllegalStateException fault() {
    return new IllegalStateException("Ann said " + SECRET, new ArithmeticException(SECRET));
  }

  @Test
  void anOutageIsUnavailableAndMayBeRetried() {
    List<Throwable> outages =
        List.of(ClosedConnectionException.INSTANCE, new TimeoutException(SECRET));
    var next = new ConcurrentLinkedQueue<>(outages);
    serve(() -> Future.failedFuture(next.remove()));

    for (Throwable outage : outages) {
      Refusal refusal = refused();
      assertThat(refusal.code()).as("%s", outage).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(refusal.retryAfter()).isPresent();
      assertThat(refusal.text()).doesNotContain(SECRET);
    }
    assertThat(logged()).noneMatch(line -> line.contains(SECRET));
  }

  @Test
  void whereNobodyServesItIsUnavailable() {
    Refusal refusal = refused();

    assertThat(refusal.code()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(refusal.retryAfter()).isPresent();
  }

  @Test
  void whatIsNotAnsweredInTimeIsUnavailable() {
    for (int i = 0; i < INSTANCES; i++) {
      await(bus.serve(i, ASK_BRIEFLY, (_, _) -> Promise.<Answer>promise().future()));
    }

    Throwable failure = failure(bus.request(ASK_BRIEFLY, ANN, new Ask(ROOM, 0)));

    assertThat(((Refusal) failure).code()).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void commandsOfARoomComeToOneInstanceInTheOrderOfSending() {
    Map<RoomId, Set<Integer>> instances = new ConcurrentHashMap<>();
    Map<RoomId, List<Integer>> numbers = new ConcurrentHashMap<>();
    for (int i = 0; i < INSTANCES; i++) {
      int instance = i;
      await(
          bus.serve(
              instance,
              ASK,
              (_, ask) -> {
                instances
                    .computeIfAbsent(ask.room(), _ -> ConcurrentHashMap.newKeySet())
                    .add(instance);
                numbers.computeIfAbsent(ask.room(), _ -> new ArrayList<>()).add(ask.number());
                return Future.succeededFuture(new Answer(ask.number()));
              }));
    }
    List<RoomId> rooms = IntStream.range(0, 20).mapToObj(i -> room("visit-" + i)).toList();
    var answers = new ArrayList<Future<Answer>>();
    for (int number = 0; number < 100; number++) {
      for (RoomId room : rooms) {
        answers.add(bus.request(ASK, ANN, new Ask(room, number)));
      }
    }
    await(Future.all(answers));

    List<Integer> inOrder = IntStream.range(0, 100).boxed().toList();
    assertThat(numbers).hasSize(rooms.size());
    assertThat(numbers.values()).allSatisfy(got -> assertThat(got).isEqualTo(inOrder));
    assertThat(instances.values()).allMatch(of -> of.size() == 1);
    assertThat(instances.values().stream().distinct().count()).isGreaterThan(1);
  }

  private void serve(Supplier<Future<Answer>> handler) {
    for (int i = 0; i < INSTANCES; i++) {
      await(bus.serve(i, ASK, (_, _) -> handler.get()));
    }
  }

  private Future<Answer> ask() {
    return bus.request(ASK, ANN, new Ask(ROOM, 0));
  }

  private Refusal refused() {
    Throwable failure = failure(ask());
    assertThat(failure).isInstanceOf(Refusal.class);
    return (Refusal) failure;
  }

  private List<String> logged() {
    return log.list.stream()
        .map(
            event ->
                event.getFormattedMessage()
                    + event.getKeyValuePairs()
                    + ThrowableProxyUtil.asString(event.getThrowableProxy()))
        .toList();
  }

  private static RoomId room(String visit) {
    return RoomId.visit(new VisitId(visit));
  }
}
