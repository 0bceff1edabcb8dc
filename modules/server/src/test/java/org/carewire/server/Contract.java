package org.carewire.server;

import static java.util.Objects.requireNonNull;

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

  /** As the test says, or the one that it is nested in. */
  private TestTransport transport() {
    Class<?> test = getClass();
    Class<?> named =
        test.isAnnotationPresent(Through.class) ? test : requireNonNull(test.getEnclosingClass());
    return requireNonNull(named.getAnnotation(Through.class)).value().transport();
  }

  /** What the node is configured with, other than the defaults. */
  Map<String, String> settings() {
    return Map.of();
  }

  @BeforeAll
  void openClinic() {
    clinic = Clinic.open(Described.by(transport()), settings());
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
