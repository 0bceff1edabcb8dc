package org.carewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code deploy/nginx/carewire.conf}, as one who runs nginx edits it, and what stands around it.
 */
final class NginxConfiguration {
  private static final String LISTEN = "listen 80;";

  /** The lines of the nodes; what follows the address of the first is kept for all. */
  private static final Pattern NODES =
      Pattern.compile("(?m)(?:^ +server 127\\.0\\.0\\.1:\\d+( .*);\n)+");

  private NginxConfiguration() {}

  /** The program; empty where it is not installed. */
  static Optional<Path> program() {
    return Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1)),
            Stream.of("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"))
        .map(folder -> Path.of(folder, "nginx"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The file. */
  static String shipped() {
    try (InputStream file =
        Objects.requireNonNull(NginxConfiguration.class.getResourceAsStream("carewire.conf"))) {
      return new String(file.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The file with everything edited that says so.
   *
   * @param shipped the file
   * @param port of this machine only
   * @param nodes as host:port
   */
  static String site(String shipped, int port, List<String> nodes) {
    Matcher there = NODES.matcher(shipped);
    if (!there.find() || !shipped.contains(LISTEN)) {
      throw new IllegalArgumentException("The configuration has no " + LISTEN + " or no nodes");
    }
    String options = there.group(1);
    String lines =
        nodes.stream()
            .map(node -> "    server " + node + options + ";\n")
            .collect(Collectors.joining());
    return there
        .replaceFirst(Matcher.quoteReplacement(lines))
        .replace(LISTEN, "listen 127.0.0.1:" + port + ";");
  }

  /**
   * What the distribution's {@code nginx.conf} is elsewhere. All that is written stays in the
   * folder that nginx is started for.
   *
   * @param daemon whether it goes into the background, out of reach of a Ctrl-C
   * @param log a file there, or {@code stderr}
   * @param site the name of the site's file there
   */
  static String main(boolean daemon, String log, String site) {
    return """
    user %s;
    worker_processes 1;
    daemon %s;
    pid nginx.pid;
    error_log %s notice;
    events { worker_connections 4096; }
    http {
        access_log off;
        gzip on;
        gzip_proxied any;
        gzip_types application/javascript text/event-stream;
        client_body_temp_path body;
        proxy_temp_path proxy;
        fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        include %s;
    }
    """
        .formatted(System.getProperty("user.name"), daemon ? "on" : "off", log, site);
  }
}
