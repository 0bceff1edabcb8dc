package org.carewire.protocol;

/** What a receipt says of a message; that it was read implies that it was delivered. */
public enum ReceiptKind {
  DELIVERED,
  READ
}
