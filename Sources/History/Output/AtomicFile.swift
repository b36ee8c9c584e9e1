import ChatPosix
import Glibc

/// A file that is there whole or not at all: written under another name in
/// the same directory, flushed, and renamed. Mode 0600, since it holds what
/// people said.
final class AtomicFile: OutputSink {
  private let path: String
  private let temporary: String
  private let descriptor: FileDescriptor
  private var isDone = false

  /// - Throws: ``SystemCallError``: the directory is missing or not writable.
  init(path: String) throws(SystemCallError) {
    self.path = path
    // The process's id keeps two exports apart; what a killed one of the same
    // id left is replaced.
    temporary = "\(path).\(ProcessID.current).tmp"
    unlink(temporary)
    let number = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard number >= 0 else { throw SystemCallError(call: "open", errno: Errno(rawValue: errno)) }
    descriptor = FileDescriptor(rawValue: number)
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
    // fsync(2) before rename(2): or a power cut could leave the name on an
    // empty file.
    try check("fsync", fsync(descriptor.rawValue))
    try check("rename", rename(temporary, path))
    isDone = true
    descriptor.closeOnce()
    flushDirectory()
  }

  /// Leaves no trace, unless it was finished.
  func discard() {
    guard !isDone else { return }
    isDone = true
    descriptor.closeOnce()
    unlink(temporary)
  }

  private func flushDirectory() {
    let directory = FilePath(path).removingLastComponent()
    let number = open(
      directory.isEmpty ? "." : directory.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { return }
    fsync(number)
    close(number)
  }

  private func check(_ call: String, _ result: Int32) throws(SystemCallError) {
    if result != 0 { throw SystemCallError(call: call, errno: Errno(rawValue: errno)) }
  }
}
