package org.carewire.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.Map;

/** The JSON API as one caller sees it. Paths are relative to {@code /api/v1}. */
public final class ApiClient {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Told of each answer before the test is. */
  public interface Witness {
    void answered(String method, String path, Answer answer);
  }

  private final URI server;
  private final Map<String, String> headers;
  private final Witness witness;

  private ApiClient(URI server, Map<String, String> headers, Witness witness) {
    this.server = server;
    this.headers = headers;
    this.witness = witness;
  }

  public static ApiClient withoutToken(URI server) {
    return new ApiClient(server, Map.of(), (method, path, answer) -> {});
  }

  public static ApiClient with(URI server, String token) {
    return withoutToken(server).and("Authorization", "Bearer " + token);
  }

  /** The same with one more header, or another value of one. */
  public ApiClient and(String header, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new ApiClient(server, more, witness);
  }

  /** The same, with somebody who is told of each answer, its path from the root of the server. */
  public ApiClient toldTo(Witness other) {
    return new ApiClient(server, headers, other);
  }

  public Answer get(String path) {
    return call("GET", path, "");
  }

  public Answer put(String path, JsonNode body) {
    return json().call("PUT", path, body.toString());
  }

  public Answer post(String path, JsonNode body) {
    return json().call("POST", path, body.toString());
  }

  /** With an empty body: with none. */
  public Answer call(String method, String path, String body) {
    return callAnywhere(method, "/api/v1" + path, body);
  }

  /** The same, with a path from the root of the server. */
  public Answer callAnywhere(String method, String path, String body) {
    var publisher = body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
    var request = HttpRequest.newBuilder(server.resolve(path)).method(method, publisher);
    request.timeout(TestClient.DEADLINE);
    headers.forEach(request::header);
    try {
      var response = HTTP.send(request.build(), BodyHandlers.ofString());
      var answer = new Answer(response.statusCode(), response.headers(), response.body());
      witness.answered(method, path, answer);
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path, e);
    } catch (InterruptedException e) {
      throw EventInbox.interrupted(e);
    }
  }

  private ApiClient json() {
    return headers.containsKey("Content-Type") ? this : and("Content-Type", "application/json");
  }

  public record Answer(int status, HttpHeaders headers, String text) {
    public JsonNode json() {
      return Json.parse(text);
    }

    /** Empty where there is none. */
    public String header(String name) {
      return headers.firstValue(name).orElse("");
    }
  }
}
