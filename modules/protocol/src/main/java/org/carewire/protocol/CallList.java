package org.carewire.protocol;

import java.util.List;

/** Reply to {@code call:history}. */
public record CallList(List<CallRecord> calls, boolean hasMore) {}
