import ChatCore
import ChatLink
import ChatPosix

/// A transport as TLS is one, without a secret: every byte is XORed, records
/// have bounds of their own, nothing is said before each side has read the
/// other's hello, and an end has a record.
///
/// A record is its length in two bytes, most significant first, and as many
/// XORed bytes; one without any is the end.
final class RecordTransport: Transport {
  static let hello: UInt8 = 0x16
  static let key: UInt8 = 0x5a
  static let alert: [UInt8] = [0xff, 0xff]
  static let helloWithin = Duration.seconds(10)

  let descriptor: FileDescriptor
  private let recordLimit: Int
  private let connectedAt: Instant
  /// How many bytes more the socket is made to take.
  var allowance = Int.max
  /// Sealed bytes that are not opened, and those that are not with the socket.
  private var input: [UInt8] = []
  private var output = [hello]
  /// Bytes of the record in ``output`` that its writer does not know to be out.
  private var sealed = 0
  private var buffer = [UInt8](repeating: 0, count: 64 * 1024)
  private var hasHello = false
  private(set) var receivedCount = 0
  private var isEnding = false
  private var hasShutDown = false

  init(_ descriptor: FileDescriptor, recordLimit: Int, connectedAt now: Instant) {
    self.descriptor = descriptor
    self.recordLimit = recordLimit
    connectedAt = now
  }

  var isOpen: Bool { true }
  var isNative: Bool { false }
  var hasBufferedInput: Bool {
    hasHello && (recordEnd != nil || input.starts(with: Self.alert))
  }
  var hasPendingOutput: Bool { !output.isEmpty }
  var deadline: Instant? { hasHello ? nil : connectedAt.advanced(by: Self.helloWithin) }

  func interest(reading: Bool, writing: Bool) -> Interest? {
    let read = reading || (writing && !hasHello)
    let write = !output.isEmpty || (writing && hasHello)
    return read || write ? Interest(descriptor, read: read, write: write) : nil
  }

  func tick(at now: Instant) throws(Conversation.LinkFailure) {
    if let deadline, now >= deadline { throw .broken("no hello in time") }
  }

  func read(upTo limit: Int) throws(Conversation.LinkFailure) -> TransportRead {
    while true {
      if let read = try open() { return read }
      do {
        switch try descriptor.readAvailable(into: &buffer, limit: limit) {
        case .bytes(let count):
          receivedCount += count
          input += buffer[..<count]
        case .wouldBlock: return .wouldBlock
        case .endOfFile: return .truncated
        }
      } catch {
        throw .broken("\(error.errno)")
      }
    }
  }

  /// Where the first record ends, when all of it is here.
  private var recordEnd: Int? {
    guard input.count >= 2 else { return nil }
    let end = 2 + Int(input[0]) << 8 + Int(input[1])
    return input.count >= end ? end : nil
  }

  private func open() throws(Conversation.LinkFailure) -> TransportRead? {
    if !hasHello, let first = input.first {
      if first != Self.hello { throw .malformed("no hello") }
      input.removeFirst()
      hasHello = true
    }
    if hasHello, input.starts(with: Self.alert) {
      output += Self.alert
      throw .malformed("a record over the limit")
    }
    guard hasHello, let end = recordEnd else { return nil }
    let bytes = input[2..<end].map { $0 ^ Self.key }
    input.removeFirst(end)
    return bytes.isEmpty ? .endOfFile : .bytes(bytes)
  }

  func write(_ bytes: ArraySlice<UInt8>) throws(Conversation.LinkFailure) -> Int {
    guard hasHello else { return 0 }
    if sealed == 0 {
      let part = bytes.prefix(recordLimit)
      sealed = part.count
      output += [UInt8(sealed >> 8), UInt8(sealed & 0xff)] + part.map { $0 ^ Self.key }
    }
    try flush()
    guard output.isEmpty else { return 0 }
    defer { sealed = 0 }
    return sealed
  }

  func flush() throws(Conversation.LinkFailure) {
    do {
      while !output.isEmpty, allowance > 0 {
        guard case .wrote(let count) = try descriptor.writeAvailable(output.prefix(allowance))
        else { break }
        output.removeFirst(count)
        allowance -= count
      }
      if isEnding, output.isEmpty, !hasShutDown {
        hasShutDown = true
        try descriptor.shutdownWrite()
      }
    } catch {
      throw .broken("\(error.errno)")
    }
  }

  func endWriting() throws(Conversation.LinkFailure) {
    isEnding = true
    output += [0, 0]
    try flush()
  }

  func close() { descriptor.closeOnce() }
}
