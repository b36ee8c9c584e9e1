import CPosix
import SystemPackage

/// A pipe(7), both ends non-blocking and closed on exec.
public struct Pipe: Sendable {
  public let readEnd: FileDescriptor
  public let writeEnd: FileDescriptor

  /// Opens a pipe; the caller closes both ends. pipe2(2).
  ///
  /// - Throws: ``SystemCallError``: `EMFILE`, `ENFILE`.
  public static func open() throws(SystemCallError) -> Pipe {
    var ends: (Int32, Int32) = (-1, -1)
    _ = try SystemCall.perform("pipe2") {
      Result(
        errnoFrom: withUnsafeMutableBytes(of: &ends) {
          cposix_pipe($0.assumingMemoryBound(to: Int32.self).baseAddress)
        })
    }
    return Pipe(
      readEnd: FileDescriptor(rawValue: ends.0), writeEnd: FileDescriptor(rawValue: ends.1))
  }
}
