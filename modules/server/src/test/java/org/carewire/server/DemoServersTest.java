package org.carewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DemoServersTest {
  private static final Duration A_FEW_SECONDS = Duration.ofSeconds(10);
  private static final String NOTE = "Blood pressure 120/80";

  /** Shared, so that the programs are unpacked and the database made only once. */
  @TempDir static Path data;

  private final List<Process> nodes = new ArrayList<>();

  /** Only what a failed test has left; a passed one ends its servers. */
  @AfterEach
  void endProcesses() throws Exception {
    for (Process node : nodes) {
      node.destroyForcibly().waitFor();
    }
    List<ProcessHandle> left = serversIn(data);
    left.forEach(ProcessHandle::destroyForcibly);
    DemoFolder.await(A_FEW_SECONDS, () -> serversIn(data).isEmpty());
    assertThat(left).isEmpty();
  }

  @Test
  void postgresKeepsItsDataBetweenRuns() throws Exception {
    String note = NOTE + " between runs";
    try (DemoPostgres first = startPostgres()) {
      write(note, first);
    }
    assertThat(serversIn(data)).isEmpty();

    try (DemoPostgres second = startPostgres()) {
      assertThat(notes(second)).contains(note);
    }
  }

  @Test
  void postgresIsStoppedThoughClientsAreConnected() throws Exception {
    try (DemoPostgres postgres = startPostgres();
        Connection _ = connect(postgres)) {
      assertTimeout(A_FEW_SECONDS, postgres::close);
      assertThat(serversIn(data)).isEmpty();
    }
  }

  @Test
  void postgresKeepsItsDataWhenKilled() throws Exception {
    String note = NOTE + " when killed";
    try (DemoPostgres killed = startPostgres()) {
      write(note, killed);
      postmaster().destroyForcibly();
    }

    try (DemoPostgres next = startPostgres()) {
      assertThat(notes(next)).contains(note);
    }
  }

  @Test
  void postgresIsDurableAndReachableFromThisMachineOnly() throws Exception {
    try (DemoPostgres postgres = startPostgres()) {
      assertThat(query("show fsync", postgres)).containsExactly("on");
      assertThat(query("show synchronous_commit", postgres)).containsExactly("on");
      assertThat(query("show listen_addresses", postgres)).containsExactly("127.0.0.1");
      assertThat(query("show unix_socket_directories", postgres)).containsExactly("");
      assertThat(query("show max_connections", postgres)).containsExactly("200");
    }
  }

  @Test
  void postgresAsksForAPasswordThatOnlyThisUserCanRead() throws Exception {
    try (DemoPostgres postgres = startPostgres()) {
      assertThatThrownBy(() -> DriverManager.getConnection(url(postgres), postgres.user(), "guess"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
      Path password = data.resolve("postgres/password");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(password)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aStalePidFileWhosePidIsInUseAgainIsIgnored() throws Exception {
    startPostgres().close();
    Path cluster = data.resolve("postgres/cluster").toRealPath();
    Files.writeString(
        cluster.resolve("postmaster.pid"),
        "%d\n%s\n1700000000\n5432\n\n127.0.0.1\n1 1\nready\n"
            .formatted(ProcessHandle.current().pid(), cluster));

    assertTimeout(A_FEW_SECONDS, () -> startPostgres().close());
  }

  @Test
  void dataOfAnotherMajorVersionIsRefusedByName() throws Exception {
    startPostgres().close();
    Path cluster = data.resolve("postgres/cluster").toRealPath();
    Path version = cluster.resolve("PG_VERSION");
    String actual = Files.readString(version);
    Files.writeString(version, "12\n");

    assertThatThrownBy(DemoServersTest::startPostgres)
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining(cluster.toString())
        .hasMessageContaining("PostgreSQL 12")
        .hasMessageContaining("pg_upgrade");
    Files.writeString(version, actual);
    startPostgres().close();
  }

  @Test
  void aServerThatDoesNotStartIsExplainedByItsLog() throws Exception {
    startPostgres().close();
    Path settings = data.resolve("postgres/cluster/postgresql.conf");
    String actual = Files.readString(settings);
    Files.writeString(settings, "work_mem = lots");

    assertThatThrownBy(DemoServersTest::startPostgres)
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("work_mem");
    Files.writeString(settings, actual);
    startPostgres().close();
  }

  @Test
  void redisKeepsItsDataBetweenRuns() throws Exception {
    try (DemoRedis first = startRedis()) {
      assertThat(ask("SET visit:1 open", first)).isEqualTo("+OK");
    }
    assertThat(serversIn(data)).isEmpty();

    try (DemoRedis second = startRedis()) {
      assertThat(ask("STRLEN visit:1", second)).isEqualTo(":4");
    }
  }

  @Test
  void redisKeepsItsDataWhenKilled() throws Exception {
    try (DemoRedis killed = startRedis()) {
      assertThat(ask("SET visit:2 closed", killed)).isEqualTo("+OK");
      serversIn(data).forEach(ProcessHandle::destroyForcibly);
    }

    try (DemoRedis next = startRedis()) {
      assertThat(ask("STRLEN visit:2", next)).isEqualTo(":6");
    }
  }

  @Test
  void redisAsksForAPassword() throws Exception {
    try (DemoRedis redis = startRedis()) {
      assertThat(ask("PING", URI.create(redis.uri()), "guess")).startsWith("-NOAUTH");
    }
  }

  @Test
  void serversLeftByAKilledJvmAreReplacedAndTheirDataKept() throws Exception {
    String note = NOTE + " of a killed node";
    Process node = startNode(note);
    node.destroyForcibly().waitFor();
    List<ProcessHandle> orphans = serversIn(data);
    assertThat(orphans).isNotEmpty();

    assertNextRunFinds(note);
    assertThat(serversIn(data)).doesNotContainAnyElementsOf(orphans);
  }

  @Test
  void serversLeftStoppedByAKilledJvmAreReplacedAndTheirDataKept() throws Exception {
    String note = NOTE + " of a stopped node";
    Process node = startNode(note);
    signal("STOP", postmaster());
    for (ProcessHandle server : serversIn(data)) {
      signal("STOP", server);
    }
    node.destroyForcibly().waitFor();

    assertNextRunFinds(note);
  }

  @Test
  void childrenOfAKilledPostgresAreEndedThoughTheyAreStopped() throws Exception {
    String note = NOTE + " of a half-dead server";
    Process node = startNode(note);
    ProcessHandle postmaster = postmaster();
    signal("STOP", postmaster);
    for (ProcessHandle child : postmaster.children().toList()) {
      signal("STOP", child);
    }
    postmaster.destroyForcibly();
    node.destroyForcibly().waitFor();

    assertNextRunFinds(note);
  }

  @Test
  void aFolderInUseIsRefusedAndItsServersAreLeftAlone() throws Exception {
    Process node = startNode(NOTE);
    List<ProcessHandle> servers = serversIn(data);

    for (Runnable second :
        List.<Runnable>of(DemoServersTest::startPostgres, DemoServersTest::startRedis)) {
      assertThatThrownBy(second::run)
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining("Another Carewire (process " + node.pid() + ")");
    }
    assertThat(serversIn(data)).containsAll(servers);
    stop(node);
  }

  @Test
  void twoDemosRunBesideEachOther(@TempDir Path otherData) throws Exception {
    try (DemoPostgres one = startPostgres();
        DemoPostgres other = DemoPostgres.start(otherData.resolve("a folder"), _ -> {})) {
      assertThat(query("select 'one'", one)).containsExactly("one");
      assertThat(query("select 'other'", other)).containsExactly("other");
    }
    assertThat(serversIn(otherData)).isEmpty();
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "sessions are read from /proc")
  void serversAreOutOfReachOfACtrlC() throws Exception {
    try (DemoPostgres _ = startPostgres();
        DemoRedis _ = startRedis()) {
      String own = session(ProcessHandle.current());
      assertThat(serversIn(data)).isNotEmpty().noneMatch(server -> session(server).equals(own));
    }
  }

  /** A JVM of its own that starts both servers, stores a note in each and waits for a line. */
  static final class DemoJvm {
    private DemoJvm() {}

    public static void main(String[] arguments) throws Exception {
      data = Path.of(arguments[0]);
      try (DemoPostgres postgres = startPostgres();
          DemoRedis redis = startRedis()) {
        write(arguments[1], postgres);
        ask("SET node started", redis);
        System.out.println("ready");
        System.in.read();
      }
    }
  }

  private Process startNode(String note) throws IOException {
    Process node =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DemoJvm.class.getName(),
                data.toString(),
                note)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    nodes.add(node);
    assertThat(node.inputReader().readLine()).isEqualTo("ready");
    return node;
  }

  private static void stop(Process node) throws Exception {
    node.outputWriter().close();
    assertThat(node.waitFor()).isZero();
  }

  private static void assertNextRunFinds(String note) throws Exception {
    try (DemoPostgres postgres = assertTimeout(A_FEW_SECONDS, () -> startPostgres());
        DemoRedis redis = assertTimeout(A_FEW_SECONDS, () -> startRedis())) {
      assertThat(notes(postgres)).contains(note);
      assertThat(ask("EXISTS node", redis)).isEqualTo(":1");
    }
    assertThat(serversIn(data)).isEmpty();
  }

  private static DemoPostgres startPostgres() {
    return DemoPostgres.start(data.resolve("postgres"), _ -> {});
  }

  private static DemoRedis startRedis() {
    return DemoRedis.start(data.resolve("redis"), _ -> {});
  }

  private static ProcessHandle postmaster() throws IOException {
    try (Stream<String> lines = Files.lines(data.resolve("postgres/cluster/postmaster.pid"))) {
      long pid = Long.parseLong(lines.findFirst().orElseThrow());
      return ProcessHandle.of(pid).orElseThrow();
    }
  }

  private static List<ProcessHandle> serversIn(Path directory) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().command().orElse("").startsWith(directory.toString()))
        .toList();
  }

  /** A child that ends by itself can be signalled until its parent, unless stopped, reaps it. */
  private static void signal(String name, ProcessHandle process) throws Exception {
    String command = "kill -%s %d".formatted(name, process.pid());
    assertThat(new ProcessBuilder("sh", "-c", command).start().waitFor()).isZero();
  }

  private static String session(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      // After the name, which is in brackets: state, parent, group, session.
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3];
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void write(String note, DemoPostgres postgres) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement()) {
      statement.execute("create table if not exists note (body text)");
      statement.execute("insert into note values ('" + note + "')");
    }
  }

  private static List<String> notes(DemoPostgres postgres) throws SQLException {
    return query("select body from note", postgres);
  }

  private static List<String> query(String sql, DemoPostgres postgres) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  private static Connection connect(DemoPostgres postgres) throws SQLException {
    return DriverManager.getConnection(url(postgres), postgres.user(), postgres.password());
  }

  private static String url(DemoPostgres postgres) {
    return "jdbc:postgresql://%s:%d/%s"
        .formatted(postgres.host(), postgres.port(), postgres.database());
  }

  /** The first line of the reply. */
  private static String ask(String command, DemoRedis redis) throws IOException {
    URI uri = URI.create(redis.uri());
    return ask(command, uri, uri.getUserInfo().split(":", -1)[1]);
  }

  private static String ask(String command, URI redis, String password) throws IOException {
    try (Socket socket = new Socket(redis.getHost(), redis.getPort())) {
      socket
          .getOutputStream()
          .write("AUTH %s\r\n%s\r\n".formatted(password, command).getBytes(UTF_8));
      var replies = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      Objects.requireNonNull(replies.readLine(), "reply to AUTH");
      return Objects.requireNonNull(replies.readLine());
    }
  }
}
