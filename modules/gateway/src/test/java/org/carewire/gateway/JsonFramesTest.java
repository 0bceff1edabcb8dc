package org.carewire.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.ServerEvent;
import org.junit.jupiter.api.Test;

class JsonFramesTest {
  private static final RawJson DATA = RawJson.of("{\"success\":true,\"text\":\"ü\"}");

  @Provide
  Arbitrary<byte[]> frames() {
    return OddJson.frames("id", "event", "data");
  }

  @Provide
  Arbitrary<String> texts() {
    return OddJson.texts();
  }

  @Provide
  Arbitrary<JsonNode> ids() {
    return Arbitraries.oneOf(
        OddJson.texts().map(TextNode::valueOf),
        Arbitraries.longs().map(JsonNodeFactory.instance::numberNode),
        Arbitraries.bigIntegers()
            .between(BigInteger.TWO.pow(70), BigInteger.TEN.pow(900))
            .map(BigIntegerNode::valueOf));
  }

  @Property(tries = 2_000)
  void whateverComesIsARequestOrNone(@ForAll("frames") byte[] frame) {
    Optional<JsonFrames.Request> request = JsonFrames.request(frame);

    request.ifPresent(
        read -> assertThat(OddJson.read(frame).get("event").textValue()).isEqualTo(read.event()));
  }

  @Property
  void requestIsReadAsItWasWritten(
      @ForAll("ids") JsonNode id, @ForAll("texts") String event, @ForAll("texts") String said) {
    String writtenId = id.isTextual() ? OddJson.written(id.textValue()) : id.toString();
    String frame =
        "{\"data\":{\"said\":%s},\"event\":%s,\"id\":%s}"
            .formatted(OddJson.written(said), OddJson.written(event), writtenId);

    JsonFrames.Request request = JsonFrames.request(frame.getBytes(UTF_8)).orElseThrow();

    assertThat(request.event()).isEqualTo(event);
    assertThat(request.id()).hasToString(id.toString());
    assertThat(String.valueOf(request.data()))
        .isEqualTo(JsonNodeFactory.instance.objectNode().put("said", said).toString());
  }

  @Property
  void replyNamesItsRequestAsTheClientDid(@ForAll("ids") JsonNode id) {
    JsonNode reply = OddJson.read(JsonFrames.reply(id, DATA).utf8());

    assertThat(reply.get("re").asText()).isEqualTo(id.asText());
    assertThat(reply.get("re").isTextual()).isEqualTo(id.isTextual());
    assertThat(reply.get("data")).isEqualTo(OddJson.read(DATA.utf8()));
  }

  @Property
  void quotedTextIsReadBackAsItWas(@ForAll("texts") String text) {
    assertThat(OddJson.read(JsonFrames.quoted(text).getBytes(UTF_8)).textValue()).isEqualTo(text);
  }

  @Test
  void eventHasItsNameAndItsData() {
    for (ServerEvent event : ServerEvent.values()) {
      JsonNode frame = OddJson.read(JsonFrames.event(event, DATA).utf8());

      assertThat(frame.get("event").textValue()).isEqualTo(event.wireName());
      assertThat(frame.get("data")).isEqualTo(OddJson.read(DATA.utf8()));
    }
  }

  @Test
  void jsonThatIsNotInUtf8IsNone() {
    String frame = "{\"event\":\"room:list\"}";

    assertThat(JsonFrames.request(frame.getBytes(UTF_8))).isPresent();
    for (String charset : new String[] {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE"}) {
      assertThat(JsonFrames.request(frame.getBytes(Charset.forName(charset))))
          .as(charset)
          .isEmpty();
    }
  }
}
