package org.carewire.protocol;

import java.time.Instant;
import java.util.List;

/** Events {@code notification:subscribed} and {@code notification:unsubscribed}. */
public record TopicsChanged(List<Topic> topics, Instant timestamp) {}
