package org.carewire.protocol;

/**
 * {@code DELETE /notifications/{id}}: one that was to be sent later is not, or a post to a topic.
 */
public record CancelNotification(EntryId id) implements Command {}
