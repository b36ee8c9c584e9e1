import ChatPosix

/// A file that is there whole or not at all: written without a name in the same
/// directory, flushed, named and renamed. Whatever ends the process before leaves
/// nothing; where a file cannot be without a name, it has another, which a kill
/// leaves behind. Mode 0600, since it holds what people said.
final class AtomicFile: OutputSink {
  private let path: FilePath
  private let temporary: FilePath
  private let descriptor: FileDescriptor
  private let isNamed: Bool
  private var isDone = false

  /// - Throws: ``SystemCallError``: the directory is missing or not writable.
  init(_ path: FilePath) throws(SystemCallError) {
    self.path = path
    // The process's id keeps two exports apart; what a killed one of the same
    // id left is replaced.
    temporary = FilePath("\(path).\(ProcessID.current).tmp")
    try FileNames.remove(temporary)
    let directory = path.removingLastComponent()
    let unnamed = FileDescriptor.createUnnamed(in: directory.isEmpty ? "." : directory)
    isNamed = unnamed == nil
    // The operator ?? would throw any error.
    if let unnamed { descriptor = unnamed } else { descriptor = try .create(temporary) }
  }

  deinit {
    discard()
  }

  func write(_ bytes: [UInt8]) throws(SystemCallError) {
    try descriptor.writeAll(bytes)
  }

  /// Puts the file in its place. On an error nothing has changed there.
  func finish() throws(SystemCallError) {
    precondition(!isDone, "a file is finished once")
    // Before its name: or a power cut could leave the name on an empty file.
    try descriptor.flush()
    if !isNamed { try descriptor.link(as: temporary) }
    try FileNames.rename(temporary, to: path)
    isDone = true
    descriptor.closeOnce()
    // It is in its place; some file systems cannot promise more.
    try? FileNames.flushDirectory(of: path)
  }

  /// Leaves no trace, unless it was finished.
  func discard() {
    guard !isDone else { return }
    isDone = true
    descriptor.closeOnce()
    // What cannot be removed now is replaced by the next export.
    _ = try? FileNames.remove(temporary)
  }
}
