package org.carewire.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Command;
import org.carewire.protocol.EventCatalog;
import org.carewire.protocol.Fields;
import org.carewire.protocol.Limits;
import org.carewire.protocol.MessageSent;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Role;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the gateway does to a message on its way in and out, without the socket. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class FrameBenchmark {
  private static final String TEXT = "x".repeat(100);
  private static final String STAMP = "0123456789abcdef0123456789ab";

  private final byte[] request =
      utf8(
          "{\"id\":100000000,\"event\":\"message:send\",\"data\":{\"roomId\":\"visit:v1\","
              + ("\"message\":\"" + TEXT + "\",\"clientMessageId\":\"" + STAMP + "\"}}"));
  private final RawJson message =
      RawJson.of(
          "{\"id\":\"0199f3a0-0000-7000-8000-000000000000\",\"roomId\":\"visit:v1\",\"offset\":1234,"
              + "\"senderId\":\"patient-1\",\"visitId\":\"v1\",\"timestamp\":\"2026-01-01T00:00:00.000Z\","
              + ("\"status\":\"sent\",\"clientMessageId\":\"" + STAMP + "\",\"message\":\"" + TEXT)
              + "\",\"attachments\":[],\"metadata\":{\"senderRole\":\"patient\"}}");
  private final Caller caller =
      new Caller(
          TenantId.DEFAULT, new UserId("patient-1"), Role.PATIENT, new SocketId("socket-1"), null);

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The frame of a {@code message:send}, read. */
  @Benchmark
  public Optional<?> requestRead() {
    return JsonFrames.request(request);
  }

  /** The same, up to the command that chat is asked. */
  @Benchmark
  public Command requestDecoded() {
    JsonFrames.Request read = JsonFrames.request(request).orElseThrow();
    EventCatalog.ClientEvent<?> event = EventCatalog.find(read.event());
    if (event == null) {
      throw new IllegalStateException();
    }
    return event.decoder().decode(Fields.of(read.data(), Limits.DEFAULT), caller);
  }

  /** The body of its reply. */
  @Benchmark
  public Object replyWritten() {
    return Replies.success(new MessageSent(message, null));
  }

  /** The event for sessions of {@code /ws}, whatever their number. */
  @Benchmark
  public byte[] eventFramedAsJson() {
    return new OutboundEvent(ServerEvent.MESSAGE_NEW, message).jsonFrame().utf8();
  }

  /** The event for sessions of SockJS, whatever their number. */
  @Benchmark
  public byte[] eventFramedAsSockJs() {
    return new OutboundEvent(ServerEvent.MESSAGE_NEW, message).bridgeFrame().sockJs();
  }
}
