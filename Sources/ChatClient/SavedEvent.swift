/// What a line of the user's own file says of the event in it, as far as whoever goes on
/// with the conversation needs to know: the file may have been changed by anybody.
struct SavedEvent: Hashable {
  var number: Int64
  var conversation: Int64
  var isClose: Bool

  /// `nil` for a line that ``SavedTalk`` did not write.
  init?(line: [UInt8]) {
    var rest = line[...]
    func skip(_ text: String) -> Bool {
      guard rest.starts(with: text.utf8) else { return false }
      rest = rest.dropFirst(text.utf8.count)
      return true
    }
    func integer() -> Int64? {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      rest = rest.dropFirst(digits.count)
      return Int64(String(decoding: digits, as: UTF8.self))
    }
    guard skip(#"{"v":1,"type":"event","seq":"#), let number = integer(), number > 0,
      number < .max / 2, skip(#","conversation":"#), let conversation = integer(),
      conversation < .max / 2, skip(#","time":""#)
    else { return nil }
    // A time has none of these.
    rest = rest.drop { $0 != 0x22 }
    guard skip(#"","kind":""#) else { return nil }
    self.number = number
    self.conversation = conversation
    isClose = skip(#"close""#)
  }
}
