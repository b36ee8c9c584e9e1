import ChatPosix

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
