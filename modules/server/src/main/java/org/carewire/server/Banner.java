package org.carewire.server;

/** What the demo mode prints when it is ready. */
final class Banner {
  private Banner() {}

  static String of(int port, int managementPort) {
    return """

    Carewire is ready: http://localhost:%1$d   (health and metrics: http://localhost:%2$d)

      Users     patient@example.com, provider@example.com, admin@example.com
                password %3$s
      A token   curl -s http://localhost:%1$d/api/v1/auth/login -d \
    '{"email":"patient@example.com","password":"%3$s"}'
      To try    in two other terminals, a patient and a provider in a visit:
                java docs/Talk.java patient@example.com %4$s %1$d
                java docs/Talk.java provider@example.com %4$s %1$d

    Ctrl-C stops it; what was said is kept for the next time.
    """
        .formatted(port, managementPort, Demo.PASSWORD, DemoData.FIRST_VISIT);
  }
}
