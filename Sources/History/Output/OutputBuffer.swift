import ChatPosix

/// Gathers what formats write and hands it on in large pieces.
///
/// A `TextOutputStream` cannot throw, so the first failure is kept: whoever
/// produces output asks ``failure`` between records and stops.
public struct OutputBuffer: TextOutputStream {
  private let sink: any OutputSink
  /// As many as ``count`` are written; the rest is room. An array that is appended
  /// to takes three times as long for the few bytes that most parts of a row have.
  private var bytes: [UInt8] = []
  private var count = 0
  /// Why nothing more is written; `nil` while all is well.
  public private(set) var failure: SystemCallError?

  /// The size of a pipe's buffer on Linux, pipe(7): larger writes would only
  /// be taken in pieces.
  private static let limit = 65_536
  /// Enough for what a short answer is.
  private static let leastRoom = 4096

  public init(_ sink: any OutputSink) {
    self.sink = sink
  }

  /// At the end of a row from this on: the first is shown as soon as it is there,
  /// while the search for more goes on.
  private var rowLimit = 1

  public mutating func write(_ string: String) {
    add(string)
  }

  /// Text as it is.
  mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add(bytes: $0) }
  }

  /// Text of ours as it is.
  @inline(__always)
  mutating func add(ours text: StaticString) {
    add(bytes: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func add(byte: UInt8) {
    if count == bytes.count { makeRoom(for: 1) }
    bytes[count] = byte
    count += 1
    if count >= rowLimit { handOn() }
  }

  mutating func add(bytes added: UnsafeBufferPointer<UInt8>) {
    if added.isEmpty { return }
    if added.count > bytes.count - count { makeRoom(for: added.count) }
    bytes.withUnsafeMutableBytes { room in
      UnsafeMutableRawBufferPointer(rebasing: room[count...])
        .copyMemory(from: UnsafeRawBufferPointer(added))
    }
    count += added.count
    if count >= rowLimit { handOn() }
  }

  private mutating func makeRoom(for more: Int) {
    bytes += Array(repeating: 0, count: max(more, bytes.count, Self.leastRoom))
  }

  private mutating func handOn() {
    let last = bytes[count - 1]
    let isRow = last == UInt8(ascii: "\n") || last == 0
    if !isRow, count < Self.limit { return }
    flush()
    rowLimit = min(rowLimit * 8, Self.limit)
  }

  public mutating func flush() {
    defer { count = 0 }
    guard failure == nil, count > 0 else { return }
    do {
      try sink.write(Array(bytes[..<count]))
    } catch {
      failure = error
    }
  }
}

/// Where bytes go: standard output, a pager, a file, or a test's array.
public protocol OutputSink: AnyObject {
  /// - Throws: ``SystemCallError``; EPIPE when the reader has gone.
  func write(_ bytes: [UInt8]) throws(SystemCallError)
}

/// A descriptor that is open for as long as the process.
final class DescriptorSink: OutputSink {
  private let descriptor: FileDescriptor

  init(_ descriptor: FileDescriptor) {
    self.descriptor = descriptor
  }

  func write(_ bytes: [UInt8]) throws(SystemCallError) {
    try descriptor.writeAll(bytes)
  }
}

/// The standard output of a program that was started without one. Says what the
/// kernel would, without asking it: from the kernel it is taken for a bug.
final class MissingSink: OutputSink {
  func write(_ bytes: [UInt8]) throws(SystemCallError) {
    throw SystemCallError(call: "write", errno: .badFileDescriptor)
  }
}
