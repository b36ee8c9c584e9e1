import ChatCore

/// What the line and original dialects have in common: a name, messages, and
/// the command to leave, all as text.
struct PlainText: Sendable {
  static let quitCommand = Array("\\quit".utf8)

  let dialect: Dialect
  var sides: Sides

  init(_ dialect: Dialect, _ sides: Sides) {
    self.dialect = dialect
    self.sides = sides
  }

  /// One line, or one message of the original dialect. NULs around it are the
  /// ends of C strings.
  mutating func take(_ bytes: ArraySlice<UInt8>, _ decoded: inout Decoded) {
    let bytes = Self.withoutNULs(bytes)
    if Self.isQuit(bytes) {
      decoded.finish(.quit(.user))
    } else if NativeDialect.secret(in: bytes) == .found {
      decoded.finish(.failed(.misplacedToken))
    } else if sides.expectsHandle {
      takeIntroduction(bytes, &decoded)
    } else {
      takeMessage(withoutName(bytes, &decoded), &decoded)
    }
  }

  /// `name`, or `name> text`: both at once.
  private mutating func takeIntroduction(_ bytes: ArraySlice<UInt8>, _ decoded: inout Decoded) {
    let bytes = Self.trimmedStart(bytes)
    guard sides.side == .server else {
      sides.introduce(Self.sentence(bytes), dialect, &decoded)
      return
    }
    if let (name, text) = Self.splitName(bytes) {
      sides.accept(name, dialect, &decoded)
      takeMessage(withoutName(text, &decoded), &decoded)
    } else if dialect == .line || (try? Handle(Self.sentence(bytes))) != nil {
      sides.introduce(Self.sentence(bytes), dialect, &decoded)
    } else if let (name, text) = Self.splitUnfitName(bytes) {
      sides.fit(name, dialect, &decoded)
      takeMessage(withoutName(text, &decoded), &decoded)
    } else if Handle.mayBeName(Self.sentence(bytes)) {
      sides.fit(Self.sentence(bytes), dialect, &decoded)
    } else {
      // It is what somebody says who gives no name.
      sides.fit("", dialect, &decoded)
      takeMessage(bytes, &decoded)
    }
  }

  private func takeMessage(_ bytes: ArraySlice<UInt8>, _ decoded: inout Decoded) {
    if Self.isQuit(bytes) {
      decoded.finish(.quit(.user))
      return
    }
    if NativeDialect.secret(in: bytes) == .found {
      decoded.finish(.failed(.misplacedToken))
      return
    }
    // An empty row says nothing and is answered with nothing: two programs
    // that answer each other's would never end.
    if bytes.allSatisfy(Self.isSpace) { return }
    var bytes = bytes
    // `\\quit` says `\quit`. The original programs know no such escape.
    if dialect == .line, bytes.starts(with: "\\\\".utf8) { bytes.removeFirst() }
    do throws(MessageError) {
      decoded.append(.said(number: nil, try Message(bytes: bytes)))
    } catch {
      sides.side == .server
        ? decoded.append(.saidInvalid(number: nil, error)) : takeLong(bytes, &decoded)
    }
  }

  /// A server cannot be asked to be brief: what is over the limit is shown
  /// below what is not, so that its turn ends.
  private func takeLong(_ bytes: ArraySlice<UInt8>, _ decoded: inout Decoded) {
    let text = String(decoding: bytes, as: UTF8.self)
    var first = text.prefix(Message.maximumLength)
    while first.utf8.count > Message.maximumByteCount { first.removeLast(first.count / 2 + 1) }
    guard let message = try? Message(String(first)) else {
      decoded.append(.serverNoticed(text))
      return
    }
    decoded.append(.said(number: nil, message))
    let rest = text[first.endIndex...]
    if !rest.isEmpty { decoded.append(.serverNoticed(String(rest))) }
  }

  /// The text without the peer's own name before it, however often. The first
  /// name of a server that gave none is its name.
  private mutating func withoutName(
    _ bytes: ArraySlice<UInt8>, _ decoded: inout Decoded
  ) -> ArraySlice<UInt8> {
    var text = bytes
    if sides.side == .client, sides.peerHandle == nil, let (name, rest) = Self.splitName(bytes) {
      sides.accept(name, dialect, &decoded)
      text = rest
    }
    let names = [sides.peerHandle?.text, sides.givenName].compactMap { $0 }.filter { !$0.isEmpty }
    while let rest = names.lazy.compactMap({ Self.without($0, text) }).first { text = rest }
    return text
  }

  /// Whether `bytes` begin as the peer's own words do.
  func hasName(_ bytes: ArraySlice<UInt8>) -> Bool {
    sides.peerHandle.map { Self.without($0.text, bytes) != nil } ?? false
  }

  /// The text behind `name> `, `name>`, `name >> ` and the like.
  private static func without(_ name: String, _ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard bytes.starts(with: name.utf8) else { return nil }
    let marked = bytes.dropFirst(name.utf8.count).drop { $0 == 0x20 }
    guard marked.first == mark else { return nil }
    let text = marked.drop { $0 == mark }
    return text.first == 0x20 ? text.dropFirst() : text
  }

  /// `NAME> text`, where nobody knows the name yet.
  private static func splitName(
    _ bytes: ArraySlice<UInt8>
  ) -> (name: Handle, text: ArraySlice<UInt8>)? {
    guard let (name, text) = splitMark(bytes), let handle = try? Handle(name) else { return nil }
    return (handle, text)
  }

  /// The same with a name that is none.
  private static func splitUnfitName(
    _ bytes: ArraySlice<UInt8>
  ) -> (name: String, text: ArraySlice<UInt8>)? {
    guard let (name, text) = splitMark(bytes), Handle.mayBeName(name) else { return nil }
    return (name, text)
  }

  private static let mark = UInt8(ascii: ">")

  /// What stands before the first `>` and behind it. Where no space follows,
  /// as in `->`, only letters and digits before it are a name.
  private static func splitMark(
    _ bytes: ArraySlice<UInt8>
  ) -> (name: String, text: ArraySlice<UInt8>)? {
    // No name is longer, so the search stops there.
    let head = bytes.prefix(Handle.maximumByteCount + 2)
    guard let end = head.firstIndex(of: mark),
      let name = String(validating: trimmedEnd(bytes[..<end]), as: UTF8.self),
      let text = without(name, bytes), !name.isEmpty
    else { return nil }
    let isSpaced = text.startIndex > end + 1 && bytes[text.startIndex - 1] == 0x20
    return isSpaced || name.allSatisfy { $0.isLetter || $0.isNumber } ? (name, text) : nil
  }

  static func isQuit(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.starts(with: quitCommand)
      && bytes.dropFirst(quitCommand.count).allSatisfy { isSpace($0) || $0 == 0 }
  }

  /// What a server said that is no message.
  static func sentence(_ bytes: some BidirectionalCollection<UInt8>) -> String {
    String(decoding: trimmedEnd(trimmedStart(withoutNULs(Array(bytes)[...]))), as: UTF8.self)
  }

  private static func withoutNULs(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let bytes = bytes.drop { $0 == 0 }
    return bytes[..<(bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? bytes.startIndex)]
  }

  private static func trimmedStart(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    bytes.drop(while: isSpace)
  }

  private static func trimmedEnd(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    bytes[..<(bytes.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? bytes.startIndex)]
  }

  /// White space around what a peer sent: space, TAB, LF, CR.
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
  }
}
