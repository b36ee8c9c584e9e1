import ChatCore
import ChatPosix
import ChatSecure
import Transcript

/// Why a message on a private socket cannot be read. Whoever sent it is not what
/// it was when it was forked.
enum ControlError: Error, Hashable {
  case empty
  case unknownCode(UInt8)
  case truncated
  /// Bytes behind the last field.
  case trailing
  case notUTF8
  case outOfRange
}

/// A transcript's trouble on its way from one process to another: its kind, and
/// the numbers that SQLite and the system gave. No text that anybody could have
/// the listener print.
struct TranscriptTrouble: Hashable {
  var kind: TranscriptError.Kind
  /// SQLite's result code; 0 for none, which is its code for success.
  var code: Int32
  /// errno(3); 0 for none.
  var errno: Int32

  init(_ kind: TranscriptError.Kind, code: Int32 = 0, errno: Int32 = 0) {
    self.kind = kind
    self.code = code
    self.errno = errno
  }

  init(_ error: TranscriptError) {
    self.init(error.kind, code: error.code ?? 0, errno: error.errno?.rawValue ?? 0)
  }

  /// As an error of the transcript at `path`.
  func error(at path: String) -> TranscriptError {
    TranscriptError(
      kind, path: path, code: code == 0 ? nil : code,
      errno: errno == 0 ? nil : Errno(rawValue: errno))
  }
}

/// Reads the fields of one message. Nothing in it is taken on trust: each read
/// checks what it gives, and ``end()`` that nothing is left.
struct ControlReader {
  private var rest: ArraySlice<UInt8>

  init(_ fields: ArraySlice<UInt8>) {
    rest = fields
  }

  var isAtEnd: Bool { rest.isEmpty }

  /// Eight bytes, the highest first.
  mutating func integer(
    in range: ClosedRange<Int64> = .min ... .max
  ) throws(ControlError) -> Int64 {
    guard rest.count >= 8 else { throw .truncated }
    let bits = rest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    rest = rest.dropFirst(8)
    let value = Int64(bitPattern: bits)
    guard range.contains(value) else { throw .outOfRange }
    return value
  }

  mutating func count() throws(ControlError) -> Int {
    Int(try integer(in: 0...Int64(Int32.max)))
  }

  /// A row of the transcript: from 1, and below what the transcript's locks use
  /// for other things.
  mutating func rowID() throws(ControlError) -> Int64 { try integer(in: 1...(1 << 62) - 1) }

  /// A peer's message; 0 for none. Numbers are its own to choose, in the range of those of
  /// rows.
  mutating func messageNumber() throws(ControlError) -> Int { Int(try optionalRowID() ?? 0) }

  /// As ``rowID()``; `nil` for 0.
  mutating func optionalRowID() throws(ControlError) -> Int64? {
    let value = try integer(in: 0...(1 << 62) - 1)
    return value == 0 ? nil : value
  }

  mutating func timestamp() throws(ControlError) -> Timestamp {
    Timestamp(milliseconds: try integer())
  }

  /// Its length as an integer, then its UTF-8.
  mutating func text() throws(ControlError) -> String {
    let length = Int(try integer(in: 0...Int64(ControlLimits.textLength)))
    guard rest.count >= length else { throw .truncated }
    guard let text = String(validating: rest.prefix(length), as: UTF8.self) else { throw .notUTF8 }
    rest = rest.dropFirst(length)
    return text
  }

  mutating func party() throws(ControlError) -> Party? {
    let text = try text()
    if text.isEmpty { return nil }
    guard let party = Party(rawValue: text) else { throw .outOfRange }
    return party
  }

  mutating func bool() throws(ControlError) -> Bool { try integer(in: 0...1) == 1 }

  mutating func handle() throws(ControlError) -> Handle {
    let text = try text()
    do throws(HandleError) {
      return try Handle(text)
    } catch {
      throw .outOfRange
    }
  }

  /// Whether encrypted, and a fingerprint, or nothing for none.
  mutating func protection() throws(ControlError) -> Protection {
    let isEncrypted = try bool()
    let text = try text()
    if text.isEmpty { return Protection(isEncrypted: isEncrypted) }
    guard let key = Fingerprint(text) else { throw .outOfRange }
    return Protection(isEncrypted: isEncrypted, key: key.description)
  }

  /// From 1.
  mutating func attempt() throws(ControlError) -> Int { Int(try integer(in: 1 ... .max)) }

  mutating func token() throws(ControlError) -> ResumeToken {
    guard let token = ResumeToken(bytes: Array(rest.prefix(ResumeToken.length))) else {
      throw .truncated
    }
    rest = rest.dropFirst(ResumeToken.length)
    return token
  }

  mutating func reason() throws(ControlError) -> CloseReason {
    guard let reason = CloseReason(rawValue: try text()) else { throw .outOfRange }
    return reason
  }

  mutating func trouble() throws(ControlError) -> TranscriptTrouble {
    guard let kind = TranscriptError.Kind(rawValue: try text()) else { throw .outOfRange }
    return TranscriptTrouble(kind, code: try code32(), errno: try code32())
  }

  private mutating func code32() throws(ControlError) -> Int32 {
    Int32(truncatingIfNeeded: try integer(in: Int64(Int32.min)...Int64(Int32.max)))
  }

  /// All that is left.
  mutating func bytes() -> [UInt8] {
    defer { rest = [] }
    return Array(rest)
  }

  /// - Throws: ``ControlError/trailing``.
  func end() throws(ControlError) {
    if !isAtEnd { throw .trailing }
  }
}

/// Writes the fields of one message.
struct ControlWriter {
  private(set) var bytes: [UInt8]

  init(code: UInt8) {
    bytes = [code]
  }

  mutating func add(_ value: Int64) {
    bytes += (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  /// What is longer than ``ControlLimits/textLength`` is cut between characters.
  mutating func add(_ text: String) {
    var text = text[...]
    while text.utf8.count > ControlLimits.textLength { text = text.dropLast() }
    add(Int64(text.utf8.count))
    bytes += text.utf8
  }

  mutating func add(_ party: Party?) { add(party?.rawValue ?? "") }

  mutating func add(_ value: Bool) { add(value ? 1 : 0 as Int64) }

  mutating func add(_ protection: Protection) {
    add(protection.isEncrypted)
    add(protection.key ?? "")
  }

  mutating func add(_ trouble: TranscriptTrouble) {
    add(trouble.kind.rawValue)
    for number in [trouble.code, trouble.errno] { add(Int64(number)) }
  }

  mutating func add(bytes more: [UInt8]) { bytes += more }

  /// A message of these fields.
  static func message(_ code: UInt8, _ add: (inout ControlWriter) -> Void = { _ in }) -> [UInt8] {
    var writer = ControlWriter(code: code)
    add(&writer)
    return writer.bytes
  }
}
