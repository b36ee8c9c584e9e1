import CPosix
import SystemPackage

/// Signals that mean a bug: SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE.
public enum FatalSignals {
  /// From now on such a signal first puts the terminal back (if a
  /// ``RawTerminal`` is raw), then kills this process as it would have done.
  /// Call it once, in `main`; children inherit it.
  public static func install() throws(SystemCallError) {
    _ = try SystemCall.perform("sigaction") { Result(errnoFrom: cposix_fatal_install()) }
  }
}
