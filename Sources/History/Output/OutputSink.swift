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

/// The standard output of a program that was started without one. Says what the
/// kernel would, without asking it: from the kernel it is taken for a bug.
final class MissingSink: OutputSink {
  func write(_ bytes: [UInt8]) throws(SystemCallError) {
    throw SystemCallError(call: "write", errno: .badFileDescriptor)
  }
}
