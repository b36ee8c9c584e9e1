extension ConversationWriter {
  /// Makes what writers of all processes have in common, so that those forked
  /// from this one find it made: texts, tables, what SQLite makes without a
  /// connection. Opens nothing.
  public static func prepare() {
    Connection.library
    EventInsertion.prepareTexts()
    var checksum = CRC32()
    checksum.add(0)
  }
}
