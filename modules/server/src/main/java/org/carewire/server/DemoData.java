package org.carewire.server;

import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ChatEndpoints;
import org.carewire.protocol.GetVisit;
import org.carewire.protocol.PutVisit;
import org.carewire.protocol.Role;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.VisitId;
import org.carewire.protocol.VisitStatus;

/** A few visits between the demo's patient and provider; made once, then left as they are. */
final class DemoData {
  static final VisitId FIRST_VISIT = new VisitId("visit-1");

  private static final long TIMEOUT_SECONDS = 10;
  private static final Caller SERVICE =
      new Caller(TenantId.DEFAULT, new UserId("demo"), Role.SERVICE, null, null);

  private DemoData() {}

  static void load(Platform platform) {
    Future<?> loaded =
        Future.all(
            List.of(
                visit(platform, FIRST_VISIT, VisitStatus.IN_PROGRESS),
                visit(platform, new VisitId("visit-2"), VisitStatus.WAITING),
                visit(platform, new VisitId("visit-3"), VisitStatus.COMPLETED)));
    try {
      var _ = loaded.await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new StartFailure("The demo's visits could not be stored in time", e);
    }
  }

  private static Future<?> visit(Platform platform, VisitId id, VisitStatus status) {
    var put =
        new PutVisit(id, new UserId("patient"), new UserId("provider"), List.of(), status, null);
    return platform
        .bus()
        .request(ChatEndpoints.GET_VISIT, SERVICE, new GetVisit(id))
        .<Object>map(visit -> visit)
        .recover(
            _ -> platform.bus().request(ChatEndpoints.PUT_VISIT, SERVICE, put).map(done -> done));
  }
}
