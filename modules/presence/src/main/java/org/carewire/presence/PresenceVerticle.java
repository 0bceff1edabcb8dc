package org.carewire.presence;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.carewire.platform.Platform;

/** Who is there; one of several instances on a node. */
public final class PresenceVerticle extends VerticleBase {
  private final Platform platform;
  private final int instance;

  /**
   * Serves as one of its instances.
   *
   * @param instance from 0, below the number of instances of the bus
   */
  public PresenceVerticle(Platform platform, int instance) {
    this.platform = platform;
    this.instance = instance;
  }

  @Override
  public Future<?> start() {
    return Future.succeededFuture(platform.node() + "." + instance);
  }
}
