package org.carewire.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.carewire.protocol.ClientMessageId;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.Json;
import org.carewire.protocol.MessageContent;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.UserId;
import org.carewire.rooms.Entry;
import org.carewire.rooms.EntryKind;
import org.carewire.rooms.MessageJson;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What chat does to a message beside having it stored. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class MessageBenchmark {
  private final MessageContent content =
      new MessageContent(
          "x".repeat(100),
          List.of(),
          JsonNodeFactory.instance.objectNode().put("senderRole", "patient"));
  private final Entry entry =
      new Entry(
          RoomId.parse("visit:v1"),
          1234,
          new EntryId(UUID.fromString("0199f3a0-0000-7000-8000-000000000000")),
          EntryKind.MESSAGE,
          new UserId("patient-1"),
          new ClientMessageId("0123456789abcdef0123456789ab"),
          Json.raw(content),
          Instant.ofEpochMilli(1_790_000_000_123L));

  /** The content as it is stored. */
  @Benchmark
  public RawJson contentWritten() {
    return Json.raw(content);
  }

  /** A stored message as it goes out. */
  @Benchmark
  public RawJson messageWritten() {
    return MessageJson.of(entry, "sent");
  }
}
