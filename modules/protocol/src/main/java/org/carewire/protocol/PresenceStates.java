package org.carewire.protocol;

import java.util.List;

/** Reply to {@link ReadPresences} and {@link RefreshPresences}, in the order of asking. */
public record PresenceStates(List<PresenceState> states) {}
