import ChatCore

/// What the line and original dialects have in common: commands and names
/// inside the text.
extension PeerCodec {
  static let quitCommand = Array("\\quit".utf8)
  private static let nameEnd = Array("> ".utf8)

  /// One line, or one chunk of the original dialect.
  mutating func takeText(_ bytes: ArraySlice<UInt8>, into incoming: inout [Incoming]) {
    if isQuit(bytes) {
      finish(.quit(.user), into: &incoming)
    } else if expectsHandle {
      takeIntroduction(bytes, into: &incoming)
    } else {
      takeMessage(withoutName(bytes, into: &incoming), into: &incoming)
    }
  }

  /// `name`, or `name> text`: both at once.
  private mutating func takeIntroduction(
    _ bytes: ArraySlice<UInt8>, into incoming: inout [Incoming]
  ) {
    let bytes = Trimming.start(bytes)
    if side == .server, let (name, text) = splitName(bytes) {
      prefixesItsHandle = true
      introduce(name.text, into: &incoming)
      if !text.isEmpty { takeMessage(text, into: &incoming) }
    } else {
      introduce(String(decoding: Trimming.end(bytes), as: UTF8.self), into: &incoming)
    }
  }

  private mutating func takeMessage(
    _ bytes: ArraySlice<UInt8>, into incoming: inout [Incoming]
  ) {
    if isQuit(bytes) {
      finish(.quit(.user), into: &incoming)
      return
    }
    var bytes = bytes
    // `\\quit` says `\quit`. The original programs know no such escape.
    if dialect == .line, bytes.starts(with: "\\\\".utf8) { bytes.removeFirst() }
    do throws(MessageError) {
      incoming.append(.said(number: nil, try MessageBytes.message(bytes)))
    } catch {
      incoming.append(.invalid(error, number: nil))
    }
  }

  /// The text without the `name> ` that the peer puts before it.
  private mutating func withoutName(
    _ bytes: ArraySlice<UInt8>, into incoming: inout [Incoming]
  ) -> ArraySlice<UInt8> {
    let mayHaveName = prefixesItsHandle || (side == .client && dialect == .line)
    guard mayHaveName, let (name, text) = splitName(bytes) else { return bytes }
    if side == .server { return name == peerHandle ? text : bytes }
    if peerHandle == nil { introduce(name.text, into: &incoming) }
    return text
  }

  private func splitName(
    _ bytes: ArraySlice<UInt8>
  ) -> (name: Handle, text: ArraySlice<UInt8>)? {
    // No name is longer, so the search stops there.
    let head = bytes.prefix(Handle.maximumByteCount + Self.nameEnd.count)
    guard
      let end = head.indices.first(where: { bytes[$0...].starts(with: Self.nameEnd) }),
      let name = String(validating: bytes[..<end], as: UTF8.self),
      let handle = try? Handle(name)
    else { return nil }
    return (handle, bytes[(end + Self.nameEnd.count)...])
  }

  private func isQuit(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.count >= Self.quitCommand.count && Trimming.end(bytes).elementsEqual(Self.quitCommand)
  }
}
