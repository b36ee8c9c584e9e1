import ChatCore

/// Nothing that moves the cursor, colours, reorders or hides text comes out,
/// and what comes out needs no second pass.
enum Sanitizing {
  static func check(_ bytes: [UInt8]) throws(FuzzFinding) {
    let text = String(decoding: bytes, as: UTF8.self)
    let escaped = TextSanitizer.escaped(text)
    try holdSafe(escaped)
    try hold(TextSanitizer.escaped(escaped) == escaped, "escaped twice it changed")
    try holdSafe(TextSanitizer.escapedOnOneLine(text))
    let rows = TextSanitizer.escapedLines(text)
    try hold(
      rows.count == text.unicodeScalars.count { $0 == "\n" } + 1, "\(rows.count) rows")
    for row in rows { try holdSafe(row) }
    try checkHandle(text)
  }

  private static func checkHandle(_ text: String) throws(FuzzFinding) {
    guard let server = try? Handle("SERVER"), let handle = try? Handle(text) else { return }
    let shown = DisplayName.of(handle, .client, besides: server)
    try holdSafe(shown)
    try hold(shown != server.text, "a peer is shown under the server's name")
    try hold(handle.looksLike(handle), "a handle does not look like itself")
    try hold(handle.looksLike(server) == server.looksLike(handle), "resemblance has a direction")
  }

  /// Told by the classes of Unicode and ECMA-48, not by the code under test.
  static func holdSafe(_ text: String) throws(FuzzFinding) {
    var marks = 0
    for scalar in text.unicodeScalars {
      let value = scalar.value
      try hold(value >= 0x20 && !(0x7f...0x9f).contains(value), "control \(value)")
      try hold(
        !(0x202a...0x202e).contains(value) && !(0x2066...0x2069).contains(value)
          && ![0x200e, 0x200f, 0x61c, 0x2028, 0x2029, 0x200b, 0xfeff, 0xad].contains(value),
        "direction or format \(value)")
      let isMark = scalar.properties.generalCategory == .nonspacingMark
      marks = isMark ? marks + 1 : 0
      // A flag of tags is marks by no class; what terminals stack is.
      try hold(marks <= 8, "\(marks) marks on one character")
    }
  }
}
