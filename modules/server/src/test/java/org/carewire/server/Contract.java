package org.carewire.server;

import java.util.Map;
import org.carewire.testkit.TestTransport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** A part of what clients may rely on, whatever the transport. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Contract {
  Clinic clinic;

  abstract TestTransport transport();

  /** What the node is configured with, other than the defaults. */
  Map<String, String> settings() {
    return Map.of();
  }

  @BeforeAll
  void openClinic() {
    clinic = Clinic.open(transport(), settings());
  }

  @AfterEach
  void sendAllHome() {
    clinic.sendAllHome();
  }

  @AfterAll
  void closeClinic() {
    clinic.close();
  }
}
