package org.carewire.gateway;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystem;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Where a JWKS is read from, and no more of it than one may be long, nor for longer. */
final class JwksSource {
  static final int MAX_BYTES = 1_000_000;

  private static final int OK = 200;

  private final Vertx vertx;
  private final URI location;
  private final long timeoutMs;

  /**
   * A source.
   *
   * @param location of the scheme {@code file}, {@code http} or {@code https}
   * @param timeoutMs for all of one read
   */
  JwksSource(Vertx vertx, URI location, long timeoutMs) {
    this.vertx = vertx;
    this.location = location;
    this.timeoutMs = timeoutMs;
  }

  boolean isFile() {
    return "file".equals(location.getScheme());
  }

  /** Reads what is there; fails with {@link KeysNotRead} only. */
  Future<Buffer> read() {
    return Future.succeededFuture()
        .compose(_ -> isFile() ? readFile() : fetch())
        .recover(failure -> Future.failedFuture(notRead(failure)));
  }

  private Future<Buffer> readFile() {
    String path = Path.of(location).toString();
    FileSystem files = vertx.fileSystem();
    return files
        .props(path)
        .compose(
            file ->
                file.size() > MAX_BYTES
                    ? Future.failedFuture(new KeysNotRead(KeysNotRead.Reason.TOO_LARGE))
                    : files.readFile(path))
        .timeout(timeoutMs, TimeUnit.MILLISECONDS);
  }

  /** A client of its own for each read, so that closing it ends whatever is still under way. */
  private Future<Buffer> fetch() {
    HttpClient client = vertx.createHttpClient();
    var request =
        new RequestOptions()
            .setAbsoluteURI(location.toString())
            .setFollowRedirects(false)
            .putHeader("Accept", "application/json");
    return client
        .request(request)
        .compose(HttpClientRequest::send)
        .compose(JwksSource::body)
        .timeout(timeoutMs, TimeUnit.MILLISECONDS)
        .onComplete(_ -> client.close());
  }

  private static Future<Buffer> body(HttpClientResponse response) {
    if (response.statusCode() != OK) {
      return Future.failedFuture(new KeysNotRead(KeysNotRead.Reason.BAD_STATUS));
    }
    Promise<Buffer> whole = Promise.promise();
    Buffer read = Buffer.buffer();
    response.exceptionHandler(whole::tryFail);
    response.endHandler(_ -> whole.tryComplete(read));
    response.handler(
        chunk -> {
          if (read.length() + chunk.length() <= MAX_BYTES) {
            read.appendBuffer(chunk);
          } else {
            whole.tryFail(new KeysNotRead(KeysNotRead.Reason.TOO_LARGE));
          }
        });
    return whole.future();
  }

  private static KeysNotRead notRead(Throwable failure) {
    return switch (failure) {
      case KeysNotRead known -> known;
      case TimeoutException e -> new KeysNotRead(KeysNotRead.Reason.TIMEOUT, e);
      default -> new KeysNotRead(KeysNotRead.Reason.UNREACHABLE, failure);
    };
  }
}
