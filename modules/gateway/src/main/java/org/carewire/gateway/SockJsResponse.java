package org.carewire.gateway;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * An HTTP response that SockJS frames are sent in. It may belong to another event loop than the
 * session: its methods are called on any, its callbacks come on the session's.
 */
final class SockJsResponse {
  private static final String SCRIPT = "application/javascript; charset=UTF-8";

  /** Browsers show nothing of a stream before they have so much of it. */
  private static final int XHR_PRELUDE = 2_048;

  private static final int HTML_PRELUDE = 1_024;

  /** How frames look in a response. */
  enum Kind {
    XHR(SCRIPT, false),
    XHR_STREAMING(SCRIPT, true),
    EVENT_SOURCE("text/event-stream; charset=UTF-8", true),
    HTML_FILE("text/html; charset=UTF-8", true),
    JSONP(SCRIPT, false);

    private final String contentType;
    private final boolean streams;

    Kind(String contentType, boolean streams) {
      this.contentType = contentType;
      this.streams = streams;
    }

    /** Whether a response holds more than one frame. */
    boolean streams() {
      return streams;
    }
  }

  private final Context session;
  private final Context own;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Kind kind;
  private final String callback;

  /** Frames that the system has not taken yet; counted on the event loop of the response. */
  private int unsent;

  /**
   * A response, with its head and what comes before the first frame.
   *
   * @param session the context of the session
   * @param callback the JavaScript function that is told the frames, where the kind needs one
   */
  SockJsResponse(
      Vertx vertx, Context session, HttpServerRequest request, Kind kind, String callback) {
    this.session = session;
    this.own = vertx.getOrCreateContext();
    this.request = request;
    this.response = request.response();
    this.kind = kind;
    this.callback = callback;
  }

  Kind kind() {
    return kind;
  }

  /**
   * Sends the head and, in a stream, what browsers want before the first frame.
   *
   * @param onLost where the connection ends before the response does
   */
  void begin(Runnable onLost) {
    own.runOnContext(
        _ -> {
          response.closeHandler(_ -> session.runOnContext(_ -> onLost.run()));
          if (response.closed()) {
            session.runOnContext(_ -> onLost.run());
            return;
          }
          SockJsTransport.uncached(response)
              .putHeader("Content-Type", kind.contentType)
              .putHeader("X-Content-Type-Options", "nosniff")
              // Tells nginx to pass on at once what it gets.
              .putHeader("X-Accel-Buffering", "no");
          if (kind.streams()) {
            response.setChunked(true).write(prelude());
          }
        });
  }

  /**
   * Sends a frame, the last one where the kind holds only one.
   *
   * @param onSent told whether the system has taken it; else the connection is gone
   * @return bytes on the wire
   */
  int send(byte[] frame, Consumer<Boolean> onSent) {
    Buffer buffer = wrap(frame);
    own.runOnContext(
        _ -> {
          if (response.closed() || response.ended()) {
            session.runOnContext(_ -> onSent.accept(false));
          } else {
            unsent++;
            (kind.streams() ? response.write(buffer) : response.end(buffer))
                .onComplete(
                    done -> {
                      unsent--;
                      session.runOnContext(_ -> onSent.accept(done.succeeded()));
                    });
          }
        });
    return buffer.length();
  }

  /** Says one frame, and no more. */
  void refuse(byte[] frame) {
    begin(() -> {});
    send(frame, _ -> {});
    end();
  }

  /** Ends a stream; the client opens the next one. */
  void end() {
    own.runOnContext(
        _ -> {
          if (!response.closed() && !response.ended()) {
            response.end();
          }
        });
  }

  /** Ends the connection to a peer that is gone, unless it is done with this response. */
  void drop() {
    own.runOnContext(
        _ -> {
          if (!response.ended() || unsent > 0) {
            Channels.drop(Channels.of(request));
          }
        });
  }

  private Buffer prelude() {
    return switch (kind) {
      case XHR_STREAMING -> {
        byte[] padding = new byte[XHR_PRELUDE + 1];
        Arrays.fill(padding, (byte) 'h');
        padding[XHR_PRELUDE] = '\n';
        yield Buffer.buffer(padding);
      }
      case EVENT_SOURCE -> Buffer.buffer("\r\n");
      case HTML_FILE -> Buffer.buffer(html());
      case XHR, JSONP -> Buffer.buffer();
    };
  }

  private String html() {
    String html =
        """
        <!doctype html>
        <html><head>
          <meta http-equiv="X-UA-Compatible" content="IE=edge" />
          <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
        </head><body><h2>Don't panic!</h2>
          <script>
            document.domain = document.domain;
            var c = parent.%s;
            c.start();
            function p(d) {c.message(d);};
            window.onload = function() {c.stop();};
          </script>
        """
            .formatted(callback);
    return html + " ".repeat(Math.max(0, HTML_PRELUDE - html.length())) + "\r\n\r\n";
  }

  private Buffer wrap(byte[] frame) {
    return switch (kind) {
      case XHR, XHR_STREAMING -> wrap("", frame, "\n");
      case EVENT_SOURCE -> wrap("data: ", escaped(frame), "\r\n\r\n");
      case HTML_FILE -> Buffer.buffer("<script>\np(" + script(frame) + ");\n</script>\r\n");
      // The comment keeps the response from being taken for something other than a script.
      case JSONP -> Buffer.buffer("/**/" + callback + "(" + script(frame) + ");\r\n");
    };
  }

  /** SockJS clients decode events like a URI, and fail where a percent sign begins no escape. */
  private static byte[] escaped(byte[] frame) {
    String text = new String(frame, StandardCharsets.ISO_8859_1);
    return text.indexOf('%') < 0
        ? frame
        : text.replace("%", "%25").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Buffer wrap(String before, byte[] frame, String after) {
    return Buffer.buffer(before.length() + frame.length + after.length())
        .appendString(before)
        .appendBytes(frame)
        .appendString(after);
  }

  /** A frame as a JavaScript string that cannot end the script around it. */
  private static String script(byte[] frame) {
    String text = new String(frame, StandardCharsets.UTF_8);
    return JsonFrames.quoted(text)
        .replace("<", "\\u003c")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }
}
