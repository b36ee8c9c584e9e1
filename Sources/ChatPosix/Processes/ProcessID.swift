import Glibc

/// Process numbers. getpid(2).
public enum ProcessID {
  public static var current: Int32 { getpid() }
  /// Becomes another number (1, or that of a subreaper) when the parent dies.
  public static var parent: Int32 { getppid() }
}
