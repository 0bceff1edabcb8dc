package org.carewire.loadtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a node says about itself, on its management port. */
final class Metrics {
  private static final Pattern KIND = Pattern.compile("kind=\"([^\"]*)\"");

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI management;

  Metrics(int port) {
    this.management = URI.create("http://" + Ports.HOST + ":" + port);
  }

  boolean isReady() throws InterruptedException {
    try {
      return http.send(request("/health/ready"), BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Sessions that it knows. */
  int connections() {
    return (int)
        byKind("carewire_connections").values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Nodes of the cluster that it sees, itself among them; 0 where it does not answer. */
  int nodes() {
    try {
      return byKind("carewire_cluster_nodes").values().stream().mapToInt(Double::intValue).sum();
    } catch (UncheckedIOException e) {
      return 0;
    }
  }

  /** What it has sent to other nodes. */
  Map<String, Double> busSent() {
    return byKind("carewire_bus_sent_total");
  }

  /** The values of a metric; those without a kind are of the kind "". */
  private Map<String, Double> byKind(String name) {
    var values = new TreeMap<String, Double>();
    for (String line : lines()) {
      if (line.startsWith(name + " ") || line.startsWith(name + "{")) {
        Matcher kind = KIND.matcher(line);
        values.merge(
            kind.find() ? kind.group(1) : "",
            Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)),
            Double::sum);
      }
    }
    return values;
  }

  private List<String> lines() {
    try {
      return http.send(request("/metrics"), BodyHandlers.ofLines()).body().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(management.resolve(path)).timeout(Duration.ofSeconds(2)).build();
  }
}
