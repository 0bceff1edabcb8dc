package org.carewire.platform;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A Lua script, sent by its hash and in full only where Redis does not have it. */
public final class RedisScript {
  private final String source;
  private final String sha1;

  private RedisScript(String source) {
    this.source = source;
    this.sha1 = sha1(source);
  }

  /** Reads the script from a file beside the class. */
  public static RedisScript load(Class<?> beside, String file) {
    try (InputStream in = beside.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("No script " + file);
      }
      return new RedisScript(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Future<Response> run(RedisAccess redis, List<String> keys, List<String> arguments) {
    var all = new ArrayList<String>();
    all.add(sha1);
    all.add(Integer.toString(keys.size()));
    all.addAll(keys);
    all.addAll(arguments);
    return redis
        .send(Command.EVALSHA, all.toArray(String[]::new))
        .recover(
            failure -> {
              if (!String.valueOf(failure.getMessage()).startsWith("NOSCRIPT")) {
                return Future.failedFuture(failure);
              }
              all.set(0, source);
              return redis.send(Command.EVAL, all.toArray(String[]::new));
            });
  }

  private static String sha1(String text) {
    try {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(utf8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
