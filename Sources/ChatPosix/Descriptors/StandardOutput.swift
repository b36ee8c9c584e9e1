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
}
