import ChatCore

/// A server that greeted as a chatserve does and then did not answer the handle:
/// the NUL was a C string's, and it waits to be spoken to, or it is a chatserve
/// that was stopped meanwhile.
///
/// It is spoken to as an original, with the NUL of a C string, which either
/// understands; its first words show which it is.
struct UnansweringServer: PeerDialect {
  private let sides: Sides
  private let native: NativeDialect
  private var isSpokenTo = false
  private var bytes: [UInt8] = []
  private(set) var deadline: Instant?

  /// The records with which a chatserve answers a handle.
  private static let answers = ["mode turns", "mode free", "wait ", "floor", "quit ", "deny "]

  /// `native` is what is spoken if it is a chatserve.
  init(_ sides: Sides, native: NativeDialect, _ decoded: inout Decoded) {
    guard let handle = sides.peerHandle else { preconditionFailure("a handle comes first") }
    self.sides = sides
    self.native = native
    decoded.append(.introduced(handle, .original))
  }

  var dialect: Dialect? { .original }

  mutating func receive(_ new: [UInt8], at now: Instant, _ decoded: inout Decoded) {
    bytes += new
    deadline = now.advanced(by: OriginalDialect.quiet)
    var start = 0
    while let end = bytes[start...].firstIndex(of: 0) {
      guard Self.isAnswer(bytes[start..<end]) else {
        bytes.removeFirst(start)
        return becomeOriginal(at: now, &decoded)
      }
      guard isSpokenTo else { return becomeNative(at: now, &decoded) }
      // What it said before it knew how it is spoken to.
      start = end + 1
    }
    bytes.removeFirst(start)
    if bytes.isEmpty {
      deadline = nil
    } else if bytes.count > RecordFramer.maximumRecordLength {
      decoded.finish(.failed(.oversizedMessage))
    }
  }

  mutating func tick(at now: Instant, _ decoded: inout Decoded) {
    guard let deadline, now >= deadline else { return }
    becomeOriginal(at: now, &decoded)
  }

  mutating func endOfFile(isTruncated: Bool, _ decoded: inout Decoded) {
    var original = OriginalDialect(sides)
    if !bytes.isEmpty, let deadline { original.receive(bytes, at: deadline, &decoded) }
    if !decoded.isOver { original.endOfFile(isTruncated: isTruncated, &decoded) }
    decoded.successor = original
  }

  private func becomeNative(at now: Instant, _ decoded: inout Decoded) {
    guard let handle = sides.peerHandle else { preconditionFailure("a handle comes first") }
    decoded.append(.introduced(handle, .native))
    var native = native
    native.receive(bytes, at: now, &decoded)
    decoded.successor = native
  }

  private func becomeOriginal(at now: Instant, _ decoded: inout Decoded) {
    var original = OriginalDialect(sides)
    original.receive(bytes, at: now, &decoded)
    if let deadline, now >= deadline, !decoded.isOver {
      // It has been quiet.
      original.tick(at: now.advanced(by: OriginalDialect.quiet), &decoded)
    }
    decoded.successor = original
  }

  private static func isAnswer(_ record: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: record, as: UTF8.self)
    return answers.contains { $0.last == " " ? text.hasPrefix($0) : text == $0 }
  }

  mutating func encode(_ outgoing: Conversation.Outgoing) -> [UInt8] {
    var original = OriginalDialect(sides)
    let bytes = original.encode(outgoing)
    guard case .say = outgoing else { return bytes }
    isSpokenTo = true
    return bytes + [0]
  }
}
