package org.carewire.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@code load-tests/run cluster} would say of a server that does wrong. */
class DeviceTest {
  private final ClientLoop loop = new ClientLoop();
  private final Returns returns = new Returns(loop, List.of());
  private final Device device = new Device(returns, 0, 0, "ann", "patient", "visit:v0");

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void everythingInOrderIsGood() {
    come(1, 2, 3);

    assertThat(device.have()).isEqualTo(3);
    assertThat(device.outOfOrder()).isZero();
  }

  @Test
  void gapIsSeenAndWhatComesAfterItDoesNotCount() {
    come(1, 3);

    assertThat(device.have()).isEqualTo(1);
    assertThat(device.outOfOrder()).isEqualTo(1);
  }

  @Test
  void repeatWithinAConnectionIsSeen() {
    come(1, 2, 2);

    assertThat(device.outOfOrder()).isEqualTo(1);
  }

  @Test
  void whatWasNotAcknowledgedMayComeAgainOnTheNextConnection() {
    come(1, 2);
    device.begin();
    come(1, 2, 3);

    assertThat(device.have()).isEqualTo(3);
    assertThat(device.outOfOrder()).isZero();
  }

  private void come(int... offsets) {
    for (int offset : offsets) {
      byte[] event =
          Ascii.of(
              "{\"event\":\"message:new\",\"data\":{\"id\":\"m\",\"offset\":%d}}"
                  .formatted(offset));
      device.came(event, 0, event.length);
    }
  }
}
