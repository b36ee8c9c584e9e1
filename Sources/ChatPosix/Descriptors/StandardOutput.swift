import SystemPackage

/// Standard output by write(2), past stdio: nothing stays in a buffer that a
/// fork could double or an `_exit` lose.
public enum StandardOutput {
  /// Writes `text` whole, waiting for room.
  ///
  /// - Throws: ``SystemCallError``: `EPIPE` when the reader has gone.
  public static func write(_ text: String) throws(SystemCallError) {
    try FileDescriptor.standardOutput.writeAll(text)
  }
}

/// Standard error by write(2).
public enum StandardError {
  /// Writes `text` whole, waiting for room.
  ///
  /// - Throws: ``SystemCallError``: `EPIPE` when the reader has gone.
  public static func write(_ text: String) throws(SystemCallError) {
    try FileDescriptor.standardError.writeAll(text)
  }

  /// Writes what is taken of `text` within `limit`: for the last words of a process
  /// whose terminal may be stopped. poll(2).
  public static func write(_ text: String, within limit: Duration) {
    let end = Clock.monotonicMilliseconds() + Int64(limit / .milliseconds(1))
    var output = OutputDescriptor(.standardError)
    var poller = Poller(ignoringSignals: true)
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      switch try? output.writeAvailable(rest) {
      case .wrote(let count): rest = rest.dropFirst(count)
      case .wouldBlock:
        let left = end - Clock.monotonicMilliseconds()
        if left <= 0 { return }
        let interest = Interest(output.descriptor, read: false, write: true)
        _ = try? poller.poll([interest], timeoutMilliseconds: left)
      case nil: return
      }
    }
  }

  /// Writes `text`, where that can be done without waiting: for the last words of
  /// a process that somebody waits for. poll(2), then one write(2).
  public static func writeIfReady(_ text: String) {
    var poller = Poller(ignoringSignals: true)
    let interest = Interest(.standardError, read: false, write: true)
    let ready = try? poller.poll([interest], timeoutMilliseconds: 0)
    if ready?.isEmpty == false {
      _ = try? FileDescriptor.standardError.writeAvailable(Array(text.utf8))
    }
  }
}
