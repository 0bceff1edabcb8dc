package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.Entrance;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.Tokens;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thousands of steps in a clinic, chosen by a seed. Nobody waits for what becomes of a step before
 * the next one, so the same seed makes the same steps, but how they meet in the server may differ.
 */
final class ModelRun implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ModelRun.class);

  private static final int TOO_SLOW = 4413;
  private static final Duration SETTLED_WITHIN = Duration.ofSeconds(20);
  private static final Duration LONG_LIFE = Duration.ofHours(1);
  private static final Duration SHORT_LIFE = Duration.ofSeconds(3);
  private static final int STEPS_A_SECOND = 400;
  private static final int NEVER = 0;

  /** Those of one kind of step are this many of all. */
  private static final int WEIGHTS = 1_000;

  /** Of the room for pictures: more of them than the kernel's buffers take. */
  private static final int PICTURES = 90;

  private static final int PICTURE_CHARACTERS = 50_000;

  /** What one device says while it waits for no reply, some at a time. */
  private static final int PICTURES_A_STEP = 10;

  /** Small, so that who does not read is soon served from the log, and not for long. */
  static final Map<String, String> SETTINGS =
      Map.of(
          "limits.queuedBytes", "1000000",
          "limits.messageCharacters", "60000",
          "session.stallTimeout", "1500ms",
          "limits.messagesPerSecond", "100000",
          "limits.messageBurst", "100000",
          "limits.requestsPerSecond", "100000",
          "limits.requestBurst", "100000");

  private final TestPostgres.Database database;
  private final Random random;
  private final int steps;
  private final DeliveryModel model;
  private final ApiClient api;
  private final Map<String, ModelUser> users = new HashMap<>();
  private final Map<ModelUser, List<ModelMessage>> said = new HashMap<>();

  /** Calls of the API, one after the other, so that it is known what the members are. */
  private final ExecutorService calling =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("calls").factory());

  private final List<CompletableFuture<Void>> calls = new ArrayList<>();
  private final NavigableMap<Integer, List<Runnable>> later = new TreeMap<>();
  private final List<ModelRoom> rooms;

  /** Looks at receipts, and never loses its connection. */
  private final ModelDevice auditor;

  private ModelRoom pictures;
  private int step;

  private ModelRun(URI server, TestPostgres.Database database, long seed, int steps) {
    this.database = database;
    this.random = new Random(seed);
    this.steps = steps;
    this.model = new DeliveryModel(server);
    this.api = ApiClient.with(server, Tokens.service());
    this.rooms = model.rooms();
    this.auditor = new ModelDevice(model, user("guy", "admin", DeliveryModel.TENANT), null);
    this.pictures = openClinic();
  }

  /** Plays a number of steps; answers how the server did. */
  static Verdict play(URI server, TestPostgres.Database database, long seed, int steps) {
    log.atInfo().addKeyValue("seed", seed).addKeyValue("steps", steps).log("model.started");
    try (var run = new ModelRun(server, database, seed, steps)) {
      run.enrolDevices();
      run.takeSteps();
      run.settle();
      run.logEnds();
      return Verdict.on(run.model, StoredLog.read(database));
    }
  }

  private ModelUser user(String id, String role, String tenant) {
    var user = new ModelUser(id, role, tenant);
    if (tenant.equals(DeliveryModel.TENANT)) {
      users.put(id, user);
    }
    return user;
  }

  /** Answers the room for pictures. */
  private ModelRoom openClinic() {
    for (String patient : List.of("ann", "ben", "cid", "dot")) {
      user(patient, "patient", DeliveryModel.TENANT);
    }
    for (String provider : List.of("kim", "lou", "max")) {
      user(provider, "provider", DeliveryModel.TENANT);
    }
    visit("v1", "ann", "kim", "lou", "max");
    visit("v2", "ben", "kim", "max");
    visit("v3", "cid", "lou", "kim", "max");
    group("g1", List.of("kim"), "ann", "lou", "dot");
    group("g2", List.of("max"), "ben", "cid", "ann");
    ModelRoom forPictures = group("g3", List.of("dot", "max"));
    chat("ann", "kim");
    chat("ben", "lou");
    return forPictures;
  }

  private void visit(String id, String patient, String provider, String... others) {
    var room =
        new ModelRoom(
            "visit:" + id,
            List.of(patient, provider),
            List.of(others),
            members -> visit(patient, provider, members));
    rooms.add(room);
    put(room, visit(patient, provider, List.of(others)));
  }

  private static ObjectNode visit(String patient, String provider, Collection<String> others) {
    ArrayNode participants = array();
    others.forEach(other -> participants.add(object("userId", other, "role", "provider")));
    return object("patientId", patient, "providerId", provider, "participants", participants);
  }

  private ModelRoom group(String id, List<String> staying, String... others) {
    var room =
        new ModelRoom("group:" + id, staying, List.of(others), members -> group(staying, members));
    rooms.add(room);
    put(room, group(staying, List.of(others)));
    return room;
  }

  private static ObjectNode group(Collection<String> staying, Collection<String> others) {
    var members = new ArrayList<>(staying);
    members.addAll(others);
    return object("members", members);
  }

  private void chat(String one, String other) {
    rooms.add(new ModelRoom("chat:" + one + ":" + other, List.of(one, other), List.of(), null));
  }

  /** Until it is done: PostgreSQL may be away. */
  private void put(ModelRoom room, ObjectNode body) {
    insist(() -> api.put(room.path(), body));
  }

  private static void insist(Supplier<ApiClient.Answer> call) {
    ApiClient.Answer answer = call.get();
    while (answer.status() == 503) {
      answer = call.get();
    }
    assertThat(answer.status()).as("%s", answer.text()).isIn(200, 201, 204);
  }

  private void enrolDevices() {
    for (ModelUser user : members()) {
      enrol(user, "phone");
      enrol(user, "laptop");
    }
    for (ModelUser user : members()) {
      enrol(user, null);
    }
    enrol(user("wes", "admin", DeliveryModel.TENANT), "desk");
    enrol(user("eve", "patient", DeliveryModel.TENANT), "phone");
    enrol(user("ann", "patient", "elsewhere"), "phone");
    auditor.enrol(Entrance.WEBSOCKET);
  }

  private void enrol(ModelUser user, @Nullable String name) {
    var device = new ModelDevice(model, user, name);
    Entrance entrance = entrance();
    if (device.enrol(entrance)) {
      model.devices().add(device);
    } else {
      device.close();
    }
  }

  private void takeSteps() {
    long begun = System.nanoTime();
    for (step = 1; step <= steps; step++) {
      // Not to wait for anything, but to spread the steps over the time that they are about.
      long due = begun + step * (TimeUnit.SECONDS.toNanos(1) / STEPS_A_SECOND);
      LockSupport.parkNanos(due - System.nanoTime());
      takeStep();
      while (!later.isEmpty() && later.firstKey() <= step) {
        later.pollFirstEntry().getValue().forEach(Runnable::run);
      }
    }
  }

  private void takeStep() {
    ModelDevice device = pick(model.devices());
    int kind = random.nextInt(WEIGHTS);
    if (kind < 400) {
      say(device);
    } else if (kind < 470) {
      sayAgain(device);
    } else if (kind < 670) {
      acknowledge(device);
    } else if (kind < 800) {
      comeBack(device);
    } else if (kind < 860) {
      leave(device);
    } else if (kind < 885) {
      stopReading(device);
    } else if (kind < 900) {
      device.then(() -> device.refresh(SHORT_LIFE));
    } else if (kind < 930) {
      changeMembers();
    } else if (kind < 985) {
      sample();
    } else if (kind < 988) {
      sendPictures();
    } else if (kind < 993) {
      revoke(device.user());
    } else if (kind < 995) {
      cutPostgres();
    } else {
      enrol(pick(members()), "tablet-" + step);
    }
  }

  private List<ModelUser> members() {
    return users.values().stream()
        .filter(user -> rooms.stream().anyMatch(room -> room.concerns(user.id())))
        .sorted(Comparator.comparing(ModelUser::id))
        .toList();
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  private Entrance entrance() {
    return random.nextBoolean() ? Entrance.WEBSOCKET : pick(List.of(Entrance.values()));
  }

  private void say(ModelDevice device) {
    List<ModelRoom> hers = rooms.stream().filter(room -> model.isMember(device, room)).toList();
    double where = random.nextDouble();
    if (!hers.isEmpty()) {
      say(device, hers.get((int) (where * hers.size())), "m" + step);
    }
  }

  private void say(ModelDevice device, ModelRoom room, String text) {
    int at = step;
    var message = new ModelMessage(device.user().id(), room.id(), "c" + text.hashCode(), text);
    said.computeIfAbsent(device.user(), any -> new ArrayList<>()).add(message);
    device.then(() -> device.send(at, message));
  }

  /** The same again, from whatever device; or something else by the same name. */
  private void sayAgain(ModelDevice device) {
    List<ModelMessage> before = said.getOrDefault(device.user(), List.of());
    int back = 1 + random.nextInt(8);
    boolean contradicts = random.nextInt(6) == 0;
    if (before.size() >= back) {
      ModelMessage message = before.get(before.size() - back);
      ModelMessage again = contradicts ? message.contradicted() : message;
      int at = step;
      device.then(() -> device.send(at, again));
    }
  }

  private void acknowledge(ModelDevice device) {
    double which = random.nextDouble();
    double share = random.nextBoolean() ? 0 : random.nextDouble();
    int way = random.nextInt(4);
    device.then(() -> device.acknowledge(which, share, way));
  }

  private void comeBack(ModelDevice device) {
    Entrance entrance = entrance();
    Resuming resuming =
        random.nextBoolean() ? Resuming.BY_CURSORS : pick(List.of(Resuming.values()));
    double share = random.nextDouble();
    Duration life = random.nextInt(8) == 0 ? SHORT_LIFE : LONG_LIFE;
    int cutAfter = random.nextInt(5) == 0 ? 1 + random.nextInt(30) : NEVER;
    boolean replaces = random.nextInt(6) == 0;
    device.then(() -> device.connect(entrance, resuming, share, life, cutAfter, replaces));
  }

  private void leave(ModelDevice device) {
    boolean politely = random.nextBoolean();
    device.then(() -> device.disconnect(politely));
  }

  private void stopReading(ModelDevice device) {
    int steps = 20 + random.nextInt(600);
    device.then(device::stopReading);
    later(steps, () -> device.then(device::resumeReading));
  }

  private void later(int steps, Runnable what) {
    later.computeIfAbsent(step + steps, any -> new ArrayList<>()).add(what);
  }

  private void changeMembers() {
    ModelRoom room = pick(rooms);
    boolean in = random.nextInt(3) > 0;
    double who = random.nextDouble();
    if (!room.passing().isEmpty()) {
      change(room, room.passing().get((int) (who * room.passing().size())), in);
    }
  }

  private void change(ModelRoom room, String user, boolean in) {
    call(() -> room.change(user, in, body -> put(room, body)));
  }

  private void call(Runnable call) {
    calls.add(CompletableFuture.runAsync(call, calling));
  }

  private void revoke(ModelUser user) {
    if (!user.isAdmin() && model.isOfTheTenant(user)) {
      ObjectNode reason = object("reason", "as the seed has it");
      String path = "/users/" + user.id() + "/disconnect";
      call(() -> user.revoke(() -> insist(() -> api.post(path, reason))));
    }
  }

  private void sample() {
    ModelRoom room = pick(rooms);
    auditor.then(
        () -> {
          int version = room.version();
          JsonNode reply = auditor.history(room.id());
          if (reply.path("success").asBoolean() && room.version() == version) {
            model.samples().add(DeliveryModel.Sample.of(room, version, reply));
          }
        });
  }

  /** One device stops to read, and another one sends more than there is room for on the way. */
  private void sendPictures() {
    List<ModelDevice> all =
        model.devices().stream().filter(device -> model.isMember(device, pictures)).toList();
    ModelDevice slow = pick(all);
    ModelDevice sender = pick(all);
    int steps = 100 + random.nextInt(500);
    if (slow != sender) {
      slow.then(slow::stopReading);
      later(steps, () -> slow.then(slow::resumeReading));
      for (int sent = 0; sent < PICTURES; sent += PICTURES_A_STEP) {
        int from = sent;
        String at = "p" + step;
        later(
            1 + sent,
            () -> {
              for (int i = from; i < from + PICTURES_A_STEP; i++) {
                say(sender, pictures, at + "-" + i + "x".repeat(PICTURE_CHARACTERS));
              }
            });
      }
    }
  }

  private void cutPostgres() {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(
          """
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()
          """);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Everybody comes back and gets what is there. */
  private void settle() {
    while (!later.isEmpty()) {
      later.pollFirstEntry().getValue().forEach(Runnable::run);
    }
    for (ModelRoom room : rooms) {
      room.passing().forEach(user -> change(room, user, true));
    }
    calls.forEach(CompletableFuture::join);
    model.devices().forEach(device -> device.then(device::resumeReading));
    await(this::allDone);
    await(
        () -> {
          model.devices().forEach(this::comeBackForGood);
          Map<String, Long> tops = StoredLog.tops(database);
          return model.devices().stream().allMatch(device -> hasAll(device, tops));
        });
  }

  private void logEnds() {
    List<ModelConnection> ended =
        model.devices().stream()
            .flatMap(device -> device.connections().stream())
            .filter(connection -> !connection.isOpen())
            .toList();
    log.atInfo()
        .addKeyValue("ended", ended.size())
        .addKeyValue("tooSlow", ended.stream().filter(one -> one.end().join() == TOO_SLOW).count())
        .log("model.settled");
  }

  private boolean allDone() {
    model.devices().forEach(ModelDevice::finish);
    auditor.finish();
    return model.isAnswered();
  }

  private void comeBackForGood(ModelDevice device) {
    device.then(
        () -> device.connect(Entrance.WEBSOCKET, Resuming.BY_CURSORS, 0, LONG_LIFE, NEVER, false));
    device.finish();
  }

  private boolean hasAll(ModelDevice device, Map<String, Long> tops) {
    return !device.hasCursors()
        || rooms.stream()
            .filter(room -> model.isMember(device, room))
            .allMatch(room -> device.level(room.id()) >= tops.getOrDefault(room.id(), 0L));
  }

  /** What does not come in time is found missing later. */
  private static void await(BooleanSupplier condition) {
    if (!DemoFolder.await(SETTLED_WITHIN, condition)) {
      log.warn("model.notSettled");
    }
  }

  @Override
  public void close() {
    model.devices().forEach(ModelDevice::close);
    auditor.close();
    calling.shutdown();
  }
}
