import Glibc
import Harness

/// What processes have had resident at most.
enum ProcessMemory {
  /// Kilobytes that any process of the server may have: task 4 of the proof.
  static let limit = 32 * 1024

  /// VmHWM of proc_pid_status(5), in kilobytes; `nil` when the process is
  /// gone.
  static func peak(of process: pid_t) -> Int? {
    guard let file = fopen("/proc/\(process)/status", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if text.hasPrefix("VmHWM:") {
        return text.split(separator: " ").dropFirst().first
          .flatMap { Int($0) ?? Int($0.split(separator: "\t").last ?? "") }
      }
    }
    return nil
  }

  /// The highest of a server's processes.
  static func peak(ofServer process: SpawnedProcess) -> Int {
    ([process.processID] + process.children).compactMap(peak).max() ?? 0
  }
}
