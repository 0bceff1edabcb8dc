package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.carewire.testkit.Entrance;
import org.junit.jupiter.api.Test;

/** The whole contract is kept at every entrance. */
class EveryEntranceTest {
  private static final Path TESTS = Path.of("src/test/java/org/carewire/server");

  /** What contracts extend. */
  private static final Set<String> BASES = Set.of("Contract", "VisitContract");

  private static final Set<Class<?>> KEEPING =
      Set.of(
          WebSocketContractTest.class,
          SockJsWebSocketContractTest.class,
          SockJsRawWebSocketContractTest.class,
          SockJsXhrStreamingContractTest.class,
          SockJsXhrPollingContractTest.class,
          SockJsEventSourceContractTest.class);

  @Test
  void everyEntranceHasItsTest() {
    assertThat(KEEPING)
        .extracting(test -> Objects.requireNonNull(test.getAnnotation(Through.class)).value())
        .containsExactlyInAnyOrder(Entrance.values());
  }

  @Test
  void everyTestHasAllContracts() throws IOException {
    Set<String> contracts = contracts();

    assertThat(KEEPING)
        .allSatisfy(
            test ->
                assertThat(Arrays.stream(test.getDeclaredClasses()).map(Class::getSuperclass))
                    .extracting(Class::getSimpleName)
                    .containsExactlyInAnyOrderElementsOf(contracts));
  }

  private static Set<String> contracts() throws IOException {
    try (Stream<Path> files = Files.list(TESTS)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith("Contract.java"))
          .map(name -> name.substring(0, name.indexOf('.')))
          .filter(name -> !BASES.contains(name))
          .collect(Collectors.toSet());
    }
  }
}
