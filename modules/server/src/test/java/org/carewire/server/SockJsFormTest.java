package org.carewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import java.io.IOException;
import java.net.URLEncoder;
import java.util.Map;
import java.util.UUID;
import org.carewire.testkit.RawHttp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Messages in a form, as {@code jsonp_send} gets them from the oldest browsers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SockJsFormTest {
  private static final Map<String, String> FORM =
      Map.of("Content-Type", "application/x-www-form-urlencoded");

  private String session = "";
  private Clinic clinic;
  private RawHttp http;

  @BeforeAll
  void openClinic() {
    clinic = Clinic.open();
    http = new RawHttp(clinic.node().http());
  }

  @AfterAll
  void closeClinic() {
    http.drop();
    clinic.close();
  }

  @BeforeEach
  void greet() throws IOException {
    session = "/eventbus/000/" + UUID.randomUUID();
    assertThat(http.post(session + "/xhr", "").text()).isEqualTo("o\n");
  }

  @Test
  void formMayHoldAMessageOfAnyLengthThatMessagesHave() throws IOException {
    for (int length : new int[] {10, 8_000, 300_000}) {
      String ping = object("type", "ping", "padding", "ü".repeat(length)).toString();

      RawHttp.Answer answer = send("d=" + URLEncoder.encode(array(ping).toString(), UTF_8));

      assertThat(answer.text()).as("%d characters", length).isEqualTo("ok");
    }
  }

  @Test
  void formThatIsNoneIsRefusedAndTheSessionGoesOn() throws IOException {
    RawHttp.Answer refusal = send("d=%zz");

    assertThat(refusal.status()).isEqualTo(400);
    assertThat(refusal.text()).contains("BAD_REQUEST");
    assertThat(send("d=[]").text()).isEqualTo("ok");
  }

  private RawHttp.Answer send(String form) throws IOException {
    return http.ask("POST", session + "/jsonp_send", FORM, form.getBytes(UTF_8));
  }
}
