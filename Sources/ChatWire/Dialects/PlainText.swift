import ChatCore

/// What the line and original dialects have in common: a name, messages, and
/// the command to leave, all as text.
struct PlainText: Sendable {
  static let quitCommand = Array("\\quit".utf8)
  private static let nameEnd = Array("> ".utf8)

  let dialect: Dialect
  var sides: Sides
  /// The peer began with `name> text`, so its later messages may too.
  private var prefixesItsHandle = false

  init(_ dialect: Dialect, _ sides: Sides) {
    self.dialect = dialect
    self.sides = sides
  }

  /// One line, or one chunk of the original dialect.
  mutating func take(_ bytes: ArraySlice<UInt8>, _ decoded: inout Decoded) {
    if Self.isQuit(bytes) {
      decoded.finish(.quit(.user))
    } else if sides.expectsHandle {
      takeIntroduction(bytes, &decoded)
    } else {
      takeMessage(withoutName(bytes, &decoded), &decoded)
    }
  }

  /// `name`, or `name> text`: both at once.
  private mutating func takeIntroduction(_ bytes: ArraySlice<UInt8>, _ decoded: inout Decoded) {
    let bytes = bytes.drop(while: Self.isSpace)
    if sides.side == .server, let (name, text) = Self.splitName(bytes) {
      prefixesItsHandle = true
      sides.introduce(name.text, dialect, &decoded)
      if !text.isEmpty { takeMessage(text, &decoded) }
    } else {
      sides.introduce(String(decoding: Self.trimmed(bytes), as: UTF8.self), dialect, &decoded)
    }
  }

  private func takeMessage(_ bytes: ArraySlice<UInt8>, _ decoded: inout Decoded) {
    if Self.isQuit(bytes) {
      decoded.finish(.quit(.user))
      return
    }
    var bytes = bytes
    // `\\quit` says `\quit`. The original programs know no such escape.
    if dialect == .line, bytes.starts(with: "\\\\".utf8) { bytes.removeFirst() }
    do throws(MessageError) {
      decoded.append(.said(number: nil, try Message(bytes: bytes)))
    } catch {
      decoded.append(.saidInvalid(number: nil, error))
    }
  }

  /// The text without the `name> ` that the peer puts before it.
  private mutating func withoutName(
    _ bytes: ArraySlice<UInt8>, _ decoded: inout Decoded
  ) -> ArraySlice<UInt8> {
    let mayHaveName = prefixesItsHandle || (sides.side == .client && dialect == .line)
    guard mayHaveName, let (name, text) = Self.splitName(bytes) else { return bytes }
    if sides.side == .server { return name == sides.peerHandle ? text : bytes }
    if sides.peerHandle == nil { sides.introduce(name.text, dialect, &decoded) }
    return text
  }

  private static func splitName(
    _ bytes: ArraySlice<UInt8>
  ) -> (name: Handle, text: ArraySlice<UInt8>)? {
    // No name is longer, so the search stops there.
    let head = bytes.prefix(Handle.maximumByteCount + nameEnd.count)
    guard
      let end = head.indices.first(where: { bytes[$0...].starts(with: nameEnd) }),
      let name = String(validating: bytes[..<end], as: UTF8.self),
      let handle = try? Handle(name)
    else { return nil }
    return (handle, bytes[(end + nameEnd.count)...])
  }

  private static func isQuit(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.starts(with: quitCommand) && bytes.dropFirst(quitCommand.count).allSatisfy(isSpace)
  }

  /// What a server said before it closed.
  static func sentence(_ bytes: [UInt8]) -> String {
    String(decoding: trimmed(bytes[...]), as: UTF8.self)
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let bytes = bytes.drop(while: isSpace)
    let end = bytes.lastIndex { !isSpace($0) }.map { $0 + 1 }
    return bytes[..<(end ?? bytes.startIndex)]
  }

  /// White space around what a peer sent: space, TAB, LF, CR.
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
  }
}
