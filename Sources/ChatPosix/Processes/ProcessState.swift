import SystemPackage

/// What a process is doing, as ps(1) says it.
public enum ProcessState {
  /// The letter of proc_pid_stat(5): `R`, `S`, `T` for stopped, `D` for waiting in
  /// the kernel for a disk, where no signal reaches it; `nil` when the process is
  /// gone, or where there is no /proc.
  public static func of(_ process: Int32) -> Character? {
    // The name before the state has 15 bytes at most, in parentheses.
    var bytes = [UInt8](repeating: 0, count: 128)
    guard let file = try? FileDescriptor.open("/proc/\(process)/stat", .readOnly) else {
      return nil
    }
    defer { file.closeOnce() }
    guard case .bytes(let count)? = try? file.readAvailable(into: &bytes) else { return nil }
    return state(in: bytes[..<count])
  }

  /// The name may hold anything, parentheses too, so the last one ends it.
  static func state(in stat: ArraySlice<UInt8>) -> Character? {
    guard let end = stat.lastIndex(of: UInt8(ascii: ")")), end + 2 < stat.endIndex else {
      return nil
    }
    return Character(UnicodeScalar(stat[end + 2]))
  }
}
