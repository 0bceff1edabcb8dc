package org.carewire.signaling;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import org.carewire.platform.Platform;

/** Calls; one of several instances on a node. */
public final class SignalingVerticle extends VerticleBase {
  private final Platform platform;
  private final SignalingConfig config;
  private final int instance;

  /**
   * Serves as one of its instances; the node holds its lease by then.
   *
   * @param instance from 0, below the number of instances of the bus
   */
  public SignalingVerticle(Platform platform, SignalingConfig config, int instance) {
    this.platform = platform;
    this.config = config;
    this.instance = instance;
  }

  @Override
  public Future<?> start() {
    return Future.succeededFuture(List.of(platform, config, instance));
  }
}
