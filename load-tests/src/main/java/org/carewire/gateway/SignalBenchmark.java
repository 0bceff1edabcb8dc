package org.carewire.gateway;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.carewire.protocol.CallId;
import org.carewire.protocol.CallSignal;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Command;
import org.carewire.protocol.EventCatalog;
import org.carewire.protocol.Fields;
import org.carewire.protocol.Json;
import org.carewire.protocol.Limits;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Role;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.SignalType;
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

/** What an offer of 2 kB costs on its way, without the event bus and the sockets. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class SignalBenchmark {
  private static final String OFFER =
      "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n"
          + "a=rtpmap:96 VP8/90000\\r\\na=rtcp-fb:96 nack pli\\r\\n".repeat(35)
          + "\"}";

  private static final CallId CALL = new CallId("0190f6a2-7c3e-7bd4-9d5e-2f1c0a4b8e77");
  private static final UserId USER = new UserId("provider-1");

  private final byte[] request =
      utf8(
          "{\"id\":100001,\"event\":\"call:signal\",\"data\":{\"callId\":\""
              + (CALL + "\",\"recipientId\":\"patient-1\",\"signalType\":\"offer\",\"signal\":")
              + (OFFER + "}}"));
  private final CallSignal signal =
      new CallSignal(CALL, USER, RawJson.of(OFFER), SignalType.OFFER, Instant.EPOCH);
  private final RawJson data = Json.raw(signal);
  private final Caller caller =
      new Caller(TenantId.DEFAULT, USER, Role.PROVIDER, new SocketId("socket-1"), null);

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The frame of a {@code call:signal}, up to the command that the service is asked. */
  @Benchmark
  public Command signalDecoded() {
    JsonFrames.Request read = JsonFrames.request(request).orElseThrow();
    EventCatalog.ClientEvent<?> event = EventCatalog.find(read.event());
    if (event == null) {
      throw new IllegalStateException();
    }
    return event.decoder().decode(Fields.of(read.data(), Limits.DEFAULT), caller);
  }

  /** The data of the event for the recipient. */
  @Benchmark
  public RawJson signalWritten() {
    return Json.raw(signal);
  }

  /** The event in a frame. */
  @Benchmark
  public byte[] signalFramed() {
    return new OutboundEvent(ServerEvent.CALL_SIGNAL, data).jsonFrame().webSocket();
  }
}
