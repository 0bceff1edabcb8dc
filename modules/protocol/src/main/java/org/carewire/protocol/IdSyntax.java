package org.carewire.protocol;

/** What every id on the wire is made of: 1–64 of {@code A–Z a–z 0–9 . _ @ -}. */
final class IdSyntax {
  static final int MAX_LENGTH = 64;

  private IdSyntax() {}

  static String require(String value) {
    if (!isValid(value, MAX_LENGTH)) {
      throw Refusal.badRequest("An id is 1 to 64 of A-Z a-z 0-9 . _ @ -");
    }
    return value;
  }

  static boolean isValid(String value, int maxLength) {
    return !value.isEmpty()
        && value.length() <= maxLength
        && value.chars().allMatch(IdSyntax::isIdCharacter);
  }

  private static boolean isIdCharacter(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '@'
        || c == '-';
  }
}
