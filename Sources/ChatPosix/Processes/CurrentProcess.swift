import CPosix
import Glibc
import SystemPackage

/// Process numbers. getpid(2).
public enum ProcessID {
  public static var current: Int32 { getpid() }
  /// Becomes another number (1, or that of a subreaper) when the parent dies.
  public static var parent: Int32 { getppid() }

  /// Has this process killed when `parent`, which forked it, is gone. prctl(2)
  /// PR_SET_PDEATHSIG.
  ///
  /// - Returns: false when it is gone already.
  public static func dieWithParent(_ parent: Int32) -> Bool {
    _ = SystemCall.outcome("prctl") { Result(errnoFrom: cposix_die_with_parent()) }
    return getppid() == parent
  }

  /// Makes a child of this process of each descendant whose parent dies. prctl(2)
  /// PR_SET_CHILD_SUBREAPER.
  public static func adoptOrphans() {
    _ = SystemCall.outcome("prctl") { Result(errnoFrom: cposix_adopt_orphans()) }
  }
}

/// What ps(1) and top(1) call a process.
public enum ProcessName {
  /// Sets the name in the `comm` column; the kernel cuts it to 15 bytes.
  /// PR_SET_NAME, prctl(2).
  public static func set(_ name: String) {
    name.withCString { cposix_set_process_name($0) }
  }

  /// The name that a process has given itself, of 15 bytes at most: a stranger's
  /// text. proc_pid_comm(5); `nil` when it is gone, or where there is no /proc.
  public static func of(_ process: Int32) -> String? {
    var bytes = [UInt8](repeating: 0, count: 64)
    guard let file = try? FileDescriptor.open("/proc/\(process)/comm", .readOnly) else {
      return nil
    }
    defer { file.closeOnce() }
    guard case .bytes(let count)? = try? file.readAvailable(into: &bytes) else { return nil }
    return String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}

/// How many threads this process has.
enum ThreadCount {
  /// The `Threads:` line of /proc/self/status, proc_pid_status(5); nil where
  /// there is no /proc.
  static func current() -> Int? {
    // The file has about 1500 bytes, and the line is before its middle.
    var bytes = [UInt8](repeating: 0, count: 4096)
    guard let file = try? FileDescriptor.open("/proc/self/status", .readOnly) else { return nil }
    defer { file.closeOnce() }
    guard case .bytes(let count)? = try? file.readAvailable(into: &bytes) else { return nil }
    return threads(in: bytes[..<count])
  }

  static func threads(in status: ArraySlice<UInt8>) -> Int? {
    let key = "Threads:"
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix(key) }
    guard let line else { return nil }
    let value = line.dropFirst(key.count).drop { $0 == "\t" || $0 == " " }
    return Int(value)
  }
}
