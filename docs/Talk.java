import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.Scanner;
import java.util.concurrent.CompletionStage;

/**
 * A conversation by hand with a server in the demo mode: {@code java docs/Talk.java
 * patient@example.com visit-1}. A line that begins with <code>{</code> is sent as the frame it is,
 * any other line as a message to the visit. Everything the server sends is shown as it comes.
 */
public class Talk {
  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 2) {
      System.err.println("Usage: java docs/Talk.java <email> <visitId> [port]");
      System.exit(1);
    }
    String server = "localhost:" + (arguments.length > 2 ? arguments[2] : "8080");
    var http = HttpClient.newHttpClient();
    String token = logIn(http, server, arguments[0]);
    WebSocket socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create("ws://" + server + "/ws"), new Screen())
            .join();
    send(
        socket,
        "{\"id\":0,\"event\":\"session:hello\",\"data\":{\"deviceId\":\"talk\",\"token\":\"" + token
            + "\"}}");
    String room = "visit:" + arguments[1];
    send(socket, "{\"id\":1,\"event\":\"room:join\",\"data\":{\"roomId\":\"" + room + "\"}}");
    var lines = new Scanner(System.in);
    for (int id = 2; lines.hasNextLine(); id++) {
      String line = lines.nextLine();
      String message = line.replace("\\", "\\\\").replace("\"", "\\\"");
      send(
          socket,
          line.startsWith("{")
              ? line
              : "{\"id\":" + id + ",\"event\":\"message:send\",\"data\":{\"roomId\":\"" + room
                  + "\",\"message\":\"" + message + "\"}}");
    }
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
  }

  static String logIn(HttpClient http, String server, String email) throws Exception {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create("http://" + server + "/api/v1/auth/login"))
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"email\":\"" + email + "\",\"password\":\"password123\"}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      System.err.println(response.body());
      System.exit(1);
    }
    return response.body().replaceFirst(".*\"token\":\"([^\"]*)\".*", "$1");
  }

  static void send(WebSocket socket, String frame) {
    if (!frame.contains("session:hello")) {
      System.out.println("> " + frame);
    }
    socket.sendText(frame, true).join();
  }

  /** Prints what comes. */
  static class Screen implements WebSocket.Listener {
    private final StringBuilder frame = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      frame.append(text);
      if (last) {
        System.out.println("< " + frame);
        frame.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      System.out.println("closed with " + code);
      System.exit(0);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      System.err.println("The connection is lost");
      System.exit(1);
    }
  }
}
