import ChatPosix

/// Gathers what formats write and hands it on in large pieces.
///
/// A `TextOutputStream` cannot throw, so the first failure is kept: whoever
/// produces output asks ``failure`` between records and stops.
public struct OutputBuffer: TextOutputStream {
  private let sink: any OutputSink
  private var bytes: [UInt8] = []
  /// Why nothing more is written; `nil` while all is well.
  public private(set) var failure: SystemCallError?

  /// The size of a pipe's buffer on Linux, pipe(7): larger writes would only
  /// be taken in pieces.
  private static let limit = 65_536

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
    text.withUTF8 { bytes.append(contentsOf: $0) }
    if bytes.count >= rowLimit { handOn() }
  }

  /// Text of ours as it is.
  mutating func add(ours text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    if bytes.count >= rowLimit { handOn() }
  }

  mutating func add(byte: UInt8) {
    bytes.append(byte)
    if bytes.count >= rowLimit { handOn() }
  }

  mutating func add(bytes added: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: added)
    if bytes.count >= rowLimit { handOn() }
  }

  private mutating func handOn() {
    let isRow = bytes.last == UInt8(ascii: "\n") || bytes.last == 0
    if !isRow, bytes.count < Self.limit { return }
    flush()
    rowLimit = min(rowLimit * 8, Self.limit)
  }

  public mutating func flush() {
    defer { bytes.removeAll(keepingCapacity: true) }
    guard failure == nil, !bytes.isEmpty else { return }
    do {
      try sink.write(bytes)
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
