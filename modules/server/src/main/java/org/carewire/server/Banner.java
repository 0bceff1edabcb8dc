package org.carewire.server;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the demo mode prints when it is ready. */
final class Banner {
  private Banner() {}

  static String of(int port, int managementPort) {
    return """

    Carewire is ready: http://localhost:%d   (health and metrics: http://localhost:%d)

    %s
    Ctrl-C stops it; what was said is kept for the next time.
    """
        .formatted(port, managementPort, users(port, port));
  }

  /**
   * Of several nodes.
   *
   * @param balancer its port; absent where there is none
   * @param one the port of a node
   * @param other the port of another
   * @param nodes a line about each
   */
  static String ofCluster(@Nullable Integer balancer, int one, int other, List<String> nodes) {
    return """

    Carewire is ready: http://localhost:%d   (%s)

      %s

    %s
    Kill a node by its process (kill -9) and see what becomes of its clients; it is started again
    after %d s. Ctrl-C stops it all; what was said is kept for the next time.
    """
        .formatted(
            balancer == null ? one : balancer,
            balancer == null
                ? "one of three nodes: for a balancer in front of them install nginx, as by"
                    + " apt-get install nginx or brew install nginx"
                : "nginx, in front of three nodes",
            String.join("\n  ", nodes),
            users(one, other),
            DemoNode.PAUSE.toSeconds());
  }

  private static String users(int patientPort, int providerPort) {
    return """
      Users     patient@example.com, provider@example.com, admin@example.com
                password %3$s
      A token   curl -s http://localhost:%1$d/api/v1/auth/login -d \
    '{"email":"patient@example.com","password":"%3$s"}'
      To try    in two other terminals, a patient and a provider in a visit:
                java docs/Talk.java patient@example.com %4$s %1$d
                java docs/Talk.java provider@example.com %4$s %2$d
      A call    in two windows of a browser, one of them private: http://localhost:%1$d/demo/
    """
        .formatted(patientPort, providerPort, Demo.PASSWORD, DemoData.FIRST_VISIT);
  }
}
