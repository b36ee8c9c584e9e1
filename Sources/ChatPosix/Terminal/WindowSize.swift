import CPosix
import SystemPackage

/// The size of a terminal in character cells. ioctl_tty(2), TIOCGWINSZ.
public struct WindowSize: Hashable, Sendable {
  /// At least 1.
  public let columns: Int
  /// At least 1.
  public let rows: Int

  public init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }
}

extension FileDescriptor {
  /// The size of this terminal; nil when it is no terminal or does not know (a serial
  /// line says 0 by 0).
  public func windowSize() -> WindowSize? {
    var columns: UInt16 = 0
    var rows: UInt16 = 0
    let outcome = SystemCall.outcome("ioctl") {
      Result(errnoFrom: cposix_window_size(rawValue, &columns, &rows))
    }
    guard case .success = outcome, columns > 0, rows > 0 else { return nil }
    return WindowSize(columns: Int(columns), rows: Int(rows))
  }
}
