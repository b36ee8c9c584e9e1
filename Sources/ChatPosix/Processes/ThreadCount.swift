import Glibc
import SystemPackage

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
