extension ConversationWriter {
  /// Makes what writers of all processes have in common, so that those forked
  /// from this one find it made: texts and tables. Opens nothing.
  public static func prepare() {
    EventInsertion.prepareTexts()
    var checksum = CRC32()
    checksum.add(0)
  }
}
