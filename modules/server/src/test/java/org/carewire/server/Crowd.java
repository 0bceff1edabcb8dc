package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.Entrance;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.jspecify.annotations.Nullable;

/**
 * People of a clinic with their devices, who talk while the servers come and go. What a later
 * capability adds of clients lives beside {@link CrowdMember}.
 */
final class Crowd implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  /** For so long after a server has come back it may be to blame that a client waited. */
  private static final Duration EXCUSED = Duration.ofSeconds(12);

  private static final Duration ENROLLED_WITHIN = Duration.ofSeconds(30);

  /** Of the whole crowd. */
  private static final int ACTS_A_SECOND = 100;

  /**
   * Of five users' clients: each has a phone, two a laptop too, and one a session without device.
   */
  private static final int CLIENTS_OF_FIVE = 8;

  private static final int LARGEST_GROUP = 30;

  /** Who call each other by three; where there are fewer people, nobody does. */
  private static final int TEAM = 3;

  private static final int PEOPLE_FOR_A_TEAM = 12;

  /** One of so many people calls another one. */
  private static final int CALLING = 8;

  private static final int MOST_PAIRS = 10;

  /** One of so many sessions watches nobody. */
  private static final int WATCHING_NOT = 3;

  /** One of so many users does not go home. */
  private static final int STAYING = 4;

  private static final int POSTERS = 2;

  /** Who subscribes, and is never connected. */
  private static final String ABSENT = "absent";

  private static final Duration SUBSCRIBED_WITHIN = Duration.ofSeconds(10);

  private static final Duration SAMPLING = Duration.ofMillis(50);

  private final ProcessCluster cluster;
  private final TestPostgres.Database database;
  private final Random random;
  private final DeliveryModel model;
  private final Map<String, ModelUser> users = new LinkedHashMap<>();
  private final List<CrowdMember> members = new ArrayList<>();
  private final List<CallClient> callers = new ArrayList<>();
  private final List<Poster> posters = new ArrayList<>();
  private final Map<String, List<String>> topics = new LinkedHashMap<>();
  private final Map<String, ReadMarks> marks = new HashMap<>();
  private final Map<String, ModelRoom> callRooms = new HashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ModelDevice auditor;
  private volatile boolean over;
  private final List<Duration> seenAfter = new ArrayList<>();
  private Duration settling = Duration.ZERO;

  /**
   * A crowd that is not there yet.
   *
   * @param clients about how many
   */
  Crowd(ProcessCluster cluster, long seed, int clients) {
    this.cluster = cluster;
    this.database = cluster.database();
    this.random = new Random(seed);
    var choosing = new Random(seed);
    this.model =
        new DeliveryModel(
            () -> cluster.choose(choosing),
            PATIENCE,
            connection -> !cluster.hasServed(connection.server(), EXCUSED));
    this.auditor =
        new ModelDevice(model, new ModelUser("auditor", "admin", DeliveryModel.TENANT), null);
    openClinic(Math.max(5, clients * 5 / CLIENTS_OF_FIVE));
    addMembers(clients);
    addPosters();
  }

  DeliveryModel model() {
    return model;
  }

  /** What all clients do about presence. */
  List<PresenceClient> presence() {
    return members.stream().map(CrowdMember::presence).toList();
  }

  /** What all clients do about calls. */
  List<CallClient> calls() {
    return callers;
  }

  /** What services have posted. */
  List<Posting> postings() {
    return posters.stream().flatMap(poster -> poster.postings().stream()).toList();
  }

  /** What each user has read. */
  Map<String, ReadMarks> marks() {
    return marks;
  }

  private void openClinic(int people) {
    for (int i = 0; i < people; i++) {
      String name = "u" + i;
      users.put(name, new ModelUser(name, isPatient(i) ? "patient" : "provider", "default"));
    }
    URI first = cluster.nodes().getFirst().http();
    ApiClient api = ApiClient.with(first, Tokens.service());
    for (int i = 0; i < people; i++) {
      String patient = "u" + i;
      String provider = "u" + (i + 1) % people;
      ModelRoom visit = room("visit:v" + i, List.of(patient, provider));
      put(
          api,
          visit,
          object("patientId", patient, "providerId", provider, "participants", array()));
      if (callEachOther(i, people)) {
        callRooms.put(patient, visit);
        callRooms.put(provider, visit);
      }
      if (i % 2 == 0) {
        room(chat(patient, provider), List.of(patient, provider));
      }
      if (i % 4 == 0) {
        List<String> team = IntStream.range(i, i + 5).mapToObj(n -> "u" + n % people).toList();
        put(api, room("group:g" + i, team), object("members", team));
      }
    }
    if (people >= PEOPLE_FOR_A_TEAM) {
      List<String> team = users.keySet().stream().limit(TEAM).toList();
      ModelRoom theirs = room("group:three", team);
      put(api, theirs, object("members", team));
      team.forEach(user -> callRooms.put(user, theirs));
    }
    List<String> many = users.keySet().stream().limit(LARGEST_GROUP).toList();
    put(api, room("group:many", many), object("members", many));
  }

  private void addPosters() {
    topics.put("flu", Stream.concat(every(2), Stream.of(ABSENT)).toList());
    topics.put("news", Stream.concat(every(3), Stream.of(ABSENT)).toList());
    List<String> all = Stream.concat(users.keySet().stream(), Stream.of(ABSENT)).toList();
    for (int i = 0; i < POSTERS; i++) {
      var choices = new Random(random.nextLong());
      posters.add(
          new Poster(
              cluster,
              model,
              node -> !cluster.hasServed(node, EXCUSED),
              "poster" + i,
              all,
              topics,
              choices));
    }
  }

  private Stream<String> every(int of) {
    List<String> all = List.copyOf(users.keySet());
    return IntStream.range(0, all.size()).filter(i -> i % of == 0).mapToObj(all::get);
  }

  /** The first of two who have a visit. */
  private static boolean callEachOther(int number, int people) {
    int pair = (number - TEAM) / 2;
    int pairs = Math.clamp(people / CALLING, 1, MOST_PAIRS);
    return number >= TEAM && (number - TEAM) % 2 == 0 && pair < pairs && number + 1 < people;
  }

  private static boolean isPatient(int number) {
    return number % 2 == 0;
  }

  private static String chat(String one, String other) {
    return one.compareTo(other) < 0 ? "chat:" + one + ":" + other : "chat:" + other + ":" + one;
  }

  private ModelRoom room(String id, List<String> of) {
    var room = new ModelRoom(id, of, List.of(), null);
    model.rooms().add(room);
    return room;
  }

  private static void put(ApiClient api, ModelRoom room, ObjectNode body) {
    assertThat(api.put(room.path(), body).status()).isIn(200, 201);
  }

  private void addMembers(int clients) {
    List<ModelUser> all = List.copyOf(users.values());
    List<String> names = List.of("phone", "laptop", "");
    for (int round = 0; members.size() < clients && round < names.size(); round++) {
      for (int i = 0; i < all.size() && members.size() < clients; i++) {
        boolean has = round == 0 || (round == 1 ? i % 5 < 2 : i % 5 == 2);
        if (has) {
          add(all.get(i), names.get(round), clients);
        }
      }
    }
  }

  private void add(ModelUser user, String name, int clients) {
    var device = new ModelDevice(model, user, name.isEmpty() ? null : name);
    model.devices().add(device);
    List<ModelRoom> rooms = rooms(device).toList();
    Entrance[] entrances = Entrance.values();
    Entrance entrance =
        members.size() % 2 == 0
            ? Entrance.WEBSOCKET
            : entrances[(members.size() / 2) % entrances.length];
    Duration pause = Duration.ofMillis(1_000L * clients / ACTS_A_SECOND);
    var choices = new Random(random.nextLong());
    boolean watches = members.size() % WATCHING_NOT != 1;
    ModelRoom calling = callRooms.get(user.id());
    var presence =
        new PresenceClient(
            model,
            device,
            watches ? acquaintances(rooms) : List.of(),
            // Who is in a call is seen so, whatever status was set.
            name.equals("phone") && calling == null,
            choices);
    if (calling != null) {
      List<String> others = calling.others(user.id());
      callers.add(new CallClient(device, calling, others, new Random(random.nextLong())));
    }
    ReadMarks ofUser = marks.computeIfAbsent(user.id(), any -> new ReadMarks());
    var notifications = new NotificationClient(model, device, ofUser, choices);
    members.add(new CrowdMember(model, presence, notifications, entrance, rooms, choices, pause));
  }

  /** Those who are in one of the rooms. */
  private List<String> acquaintances(List<ModelRoom> rooms) {
    return users.keySet().stream()
        .filter(other -> rooms.stream().anyMatch(room -> room.concerns(other)))
        .toList();
  }

  /** Everybody comes, and begins once all are there. */
  void arrive() {
    members.forEach(threads::execute);
    callers.forEach(threads::execute);
    posters.forEach(threads::execute);
    threads.execute(this::audit);
    require(
        ENROLLED_WITHIN,
        () -> members.stream().allMatch(member -> isReady(member.device())),
        "Not everybody has come");
    subscribe();
    members.forEach(CrowdMember::begin);
    callers.forEach(CallClient::begin);
    posters.forEach(Poster::begin);
  }

  /** Each by one device; who is absent leaves at once. */
  private void subscribe() {
    topics.forEach(
        (topic, subscribers) ->
            members.stream()
                .map(CrowdMember::device)
                .filter(device -> subscribers.contains(device.user().id()))
                .forEach(device -> subscribe(device, topic)));
    try (TestClient absent =
        WebSocketTestClient.TRANSPORT.open(cluster.nodes().getFirst().http())) {
      absent.hello(Tokens.patient(ABSENT));
      absent.request("notification:subscribe", object("topics", array(topics.keySet().toArray())));
    }
    long all = topics.values().stream().mapToLong(List::size).sum();
    require(
        SUBSCRIBED_WITHIN,
        () -> StoredNotifications.subscriptions(database) == all,
        "Not everybody has subscribed");
  }

  private static void subscribe(ModelDevice device, String topic) {
    ModelConnection connection = device.connection();
    if (connection != null) {
      device.ask(
          connection, "notification:subscribe", object("topics", array(topic)), DeliveryModel.ANY);
    }
  }

  private static boolean isReady(ModelDevice device) {
    ModelConnection connection = device.connection();
    return connection != null && connection.readyAt() != null;
  }

  private static void require(Duration limit, BooleanSupplier condition, String otherwise) {
    assertThat(DemoFolder.await(limit, condition)).as(otherwise).isTrue();
  }

  /** Looks at the receipts of one room after the other, and comes back when it loses its server. */
  private void audit() {
    while (!over) {
      if (auditor.connection() == null) {
        auditor.connect(Entrance.WEBSOCKET, Resuming.BY_CURSORS, 0, Duration.ofHours(3), 0, false);
      }
      ModelRoom room = model.rooms().get(random.nextInt(model.rooms().size()));
      JsonNode reply = auditor.history(room.id());
      if (reply.path("success").asBoolean()) {
        model.samples().add(DeliveryModel.Sample.of(room, room.version(), reply));
      }
      LockSupport.parkNanos(SAMPLING.toNanos());
    }
  }

  /**
   * Everybody comes to rest. First all devices must get everything, without the help of a message
   * that shows what is missing before it; then one more is sent to each room, which every session
   * must get. Answers who did not.
   */
  List<String> settle(Duration limit) {
    long begun = System.nanoTime();
    members.forEach(CrowdMember::calmDown);
    callers.forEach(CallClient::calmDown);
    posters.forEach(Poster::calmDown);
    await(
        begun + limit.plus(Poster.LATEST).toNanos(),
        () -> posters.stream().allMatch(Poster::isDone) && StoredNotifications.areSent(database));
    // Each leaves an entry.
    await(begun + limit.toNanos(), () -> StoredCalls.read(database).areClosed());
    long deadline = System.nanoTime() + limit.toNanos();
    await(deadline, () -> members.stream().allMatch(this::isSettled));
    Map<String, Long> tops = StoredLog.tops(database);
    await(deadline, () -> members.stream().allMatch(member -> lacks(member, tops) == null));
    settling = Duration.ofNanos(System.nanoTime() - begun);
    var unsettled = new ArrayList<String>();
    for (CrowdMember member : members) {
      String lacking = lacks(member, tops);
      if (!isSettled(member)) {
        unsettled.add(member.device() + " is not back, or has unacknowledged messages");
      } else if (lacking != null) {
        unsettled.add(
            member.device() + " does not get the last of " + lacking + " before the next comes");
      }
    }
    checkCounts(limit);
    unsettled.addAll(sayLast(limit));
    members.forEach(member -> member.notifications().readLast());
    awaitReply(limit);
    checkCounts(limit);
    return unsettled;
  }

  private void awaitReply(Duration limit) {
    await(System.nanoTime() + limit.toNanos(), model::isAnswered);
  }

  /** Whether all who were told how many notifications are unread were told so last. */
  private void checkCounts(Duration limit) {
    await(System.nanoTime() + limit.toNanos(), () -> miscounted().isEmpty());
    miscounted().forEach(model::miscounted);
  }

  private List<String> miscounted() {
    StoredNotifications stored = StoredNotifications.read(database);
    var wrong = new ArrayList<String>();
    for (CrowdMember member : members) {
      ModelConnection connection = member.device().connection();
      long unread = stored.unread(member.device().user().id());
      if (connection != null
          && connection.unread() != ModelConnection.NOT_COUNTED
          && connection.unread() != unread) {
        wrong.add(
            "%s of %s was told %d last, %d are unread"
                .formatted(connection, connection.server(), connection.unread(), unread));
      }
    }
    return wrong;
  }

  private List<String> sayLast(Duration limit) {
    for (ModelRoom room : model.rooms()) {
      members.stream()
          .filter(member -> model.isMember(member.device(), room))
          .findAny()
          .ifPresent(member -> member.sayIn(room));
    }
    posters.getFirst().postLast();
    long deadline = System.nanoTime() + limit.toNanos();
    await(deadline, () -> members.stream().allMatch(this::isSettled));
    Map<String, Long> tops = StoredLog.tops(database);
    await(deadline, () -> members.stream().allMatch(member -> hasSeen(member, tops)));
    return members.stream()
        .filter(member -> !hasSeen(member, tops))
        .map(member -> member.device() + " was not sent the last message of all its rooms")
        .toList();
  }

  /** How long that took. */
  Duration settling() {
    return settling;
  }

  /**
   * Whether everybody sees who is there: all, for that is so once they have settled, then those who
   * stay when most go home. Answers what is not as it should be.
   */
  List<String> callTheRoll(Duration limit, Disturbances disturbances) {
    List<PresenceClient> clients = presence();
    try (var roll = new RollCall(cluster.nodes(), clients, new PresenceTruth(disturbances))) {
      // The others are to be seen as they were set before.
      clients.stream().filter(client -> isEach(2, client)).forEach(PresenceClient::setLast);
      List<String> wrong = roll.await(limit);
      seenAfter.add(roll.took());
      if (wrong.isEmpty()) {
        sendHome(clients.stream().filter(client -> !isEach(STAYING, client)).toList());
        wrong = roll.await(limit);
        seenAfter.add(roll.took());
      }
      return wrong;
    }
  }

  /** Whether its user is the first of so many. */
  private boolean isEach(int of, PresenceClient client) {
    return List.copyOf(users.values()).indexOf(client.device().user()) % of == 0;
  }

  private void sendHome(List<PresenceClient> clients) {
    members.stream()
        .filter(member -> clients.contains(member.presence()))
        .forEach(CrowdMember::goHome);
    require(
        PATIENCE,
        () -> clients.stream().allMatch(client -> client.device().connection() == null),
        "Not all have gone");
  }

  /** How long it took until all saw who is there; then, once most had gone home. */
  List<Duration> seenAfter() {
    return seenAfter;
  }

  private boolean isSettled(CrowdMember member) {
    return member.isDone() && isReady(member.device());
  }

  private Stream<ModelRoom> rooms(ModelDevice device) {
    return model.rooms().stream().filter(room -> model.isMember(device, room));
  }

  /** The rooms that it is sent the entries of. */
  private Stream<String> logs(ModelDevice device) {
    return Stream.concat(rooms(device).map(ModelRoom::id), Stream.of(device.inbox()));
  }

  /** A room that its device has not all of; null where there is none. */
  private @Nullable String lacks(CrowdMember member, Map<String, Long> tops) {
    ModelDevice device = member.device();
    return !device.hasCursors()
        ? null
        : logs(device)
            .filter(room -> device.level(room) < tops.getOrDefault(room, 0L))
            .findFirst()
            .orElse(null);
  }

  private boolean hasSeen(CrowdMember member, Map<String, Long> tops) {
    ModelConnection connection = member.device().connection();
    return connection != null
        && logs(member.device())
            .allMatch(room -> connection.last(room) >= tops.getOrDefault(room, 0L));
  }

  private static void await(long deadline, BooleanSupplier condition) {
    var _ = DemoFolder.await(Duration.ofNanos(deadline - System.nanoTime()), condition);
  }

  @Override
  public void close() {
    over = true;
    members.forEach(CrowdMember::end);
    callers.forEach(CallClient::end);
    posters.forEach(Poster::end);
    threads.close();
    members.forEach(member -> member.device().close());
    auditor.close();
  }
}
