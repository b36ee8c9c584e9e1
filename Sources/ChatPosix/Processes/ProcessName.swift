import CPosix

/// What ps(1) and top(1) call this process.
public enum ProcessName {
  /// Sets the name in the `comm` column; the kernel cuts it to 15 bytes.
  /// PR_SET_NAME, prctl(2).
  public static func set(_ name: String) {
    name.withCString { cposix_set_process_name($0) }
  }
}
