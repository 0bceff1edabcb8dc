package org.carewire.signaling;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.carewire.protocol.IceServer;
import org.carewire.testkit.Needed;

/** A real coturn on loopback that verifies credentials by a shared secret, and its own client. */
final class TurnServer implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final int DEADLINE_SECONDS = 30;
  private static final int HEADER_BYTES = 20;
  private static final short BINDING = 1;
  private static final int MAGIC_AT = 4;
  private static final int MAGIC_COOKIE = 0x2112A442;
  private static final int ANSWER_MS = 200;
  private static final int ATTEMPTS = 100;

  private final Process process;
  private final Path folder;
  private final int port;

  private TurnServer(Process process, Path folder, int port) {
    this.process = process;
    this.folder = folder;
    this.port = port;
  }

  /**
   * Starts it; skips the test where coturn is not installed.
   *
   * @param folder for all that it writes
   */
  static TurnServer start(Path folder, String secret) throws IOException {
    int port = freePort();
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Needed.program("turnserver").toString(),
                // No configuration file.
                "-n",
                "--use-auth-secret",
                "--static-auth-secret=" + secret,
                "--realm=carewire.test",
                "--listening-ip=" + HOST,
                "--listening-port=" + port,
                "--relay-ip=" + HOST,
                "--allow-loopback-peers",
                "--no-tls",
                "--no-dtls",
                "--no-cli",
                "--log-file=stdout",
                "--simple-log",
                "--pidfile=" + folder.resolve("pid"),
                "--userdb=" + folder.resolve("users"))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    // Whatever becomes of the test.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    awaitReady(process, port, output);
    return new TurnServer(process, folder, port);
  }

  /** Asks it for an address by STUN (RFC 8489) until it answers. */
  private static void awaitReady(Process process, int port, Path output) throws IOException {
    byte[] binding =
        ByteBuffer.allocate(HEADER_BYTES).putShort(BINDING).putInt(MAGIC_AT, MAGIC_COOKIE).array();
    try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      socket.setSoTimeout(ANSWER_MS);
      var server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      for (int attempt = 0; attempt < ATTEMPTS && process.isAlive(); attempt++) {
        socket.send(new DatagramPacket(binding, binding.length, server));
        try {
          socket.receive(new DatagramPacket(new byte[1_500], 1_500));
          return;
        } catch (SocketTimeoutException e) {
          // It is not there yet.
        }
      }
    }
    process.destroyForcibly();
    throw new AssertionError("turnserver does not start:\n" + Files.readString(output));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * Allocates relays with the credentials and sends through them, by the client that comes with
   * coturn; what that said, its last line being {@code relayed} where it was let in.
   */
  String relay(IceServer credentials) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "client", ".txt");
    Process client =
        new ProcessBuilder(
                Needed.program("turnutils_uclient").toString(),
                // From one client to another.
                "-y",
                // One message, from one pair.
                "-n",
                "1",
                "-m",
                "1",
                "-p",
                Integer.toString(port),
                "-u",
                credentials.username(),
                "-w",
                credentials.credential(),
                HOST)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    client.getOutputStream().close();
    if (!client.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
      client.destroyForcibly();
      throw new AssertionError("Not done in time:\n" + Files.readString(output));
    }
    return Files.readString(output) + (client.exitValue() == 0 ? "relayed" : "");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
