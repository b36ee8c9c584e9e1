import SystemPackage

/// Standard output or error for a process that may never wait for whoever reads
/// it: what an ``OutputDescriptor`` does not take is kept, up to a limit.
public final class NonBlockingOutput {
  /// Bytes kept for a reader that is slow: some hundred lines.
  public static let limit = 64 * 1024

  private var output: OutputDescriptor
  private var pending: [UInt8] = []

  public init(_ descriptor: FileDescriptor) {
    output = OutputDescriptor(descriptor)
  }

  /// What is written to, for another process to have.
  public var descriptor: FileDescriptor { output.descriptor }

  /// Writes what is taken now and keeps the rest.
  ///
  /// - Returns: false when too much is kept already, and `text` was not taken.
  public func write(_ text: String) -> Bool {
    flush()
    guard pending.count + text.utf8.count <= Self.limit else { return false }
    pending += text.utf8
    flush()
    return true
  }

  /// Writes what is taken now of what was kept. What a reader that has gone did
  /// not take is dropped.
  public func flush() {
    while !pending.isEmpty {
      switch try? output.writeAvailable(pending[...]) {
      case .wrote(let count): pending.removeFirst(count)
      case .wouldBlock: return
      case nil: pending = []
      }
    }
  }

  /// What to poll for, so that ``flush()`` is called; `nil` when nothing is kept.
  public var interest: Interest? {
    pending.isEmpty ? nil : Interest(output.descriptor, read: false, write: true)
  }

  /// In a forked child, which has no use for it.
  public func closeInChild() { output.closeOwn() }
}
