import Glibc
import Harness

/// What a process has used of the processors.
enum ProcessorTime {
  /// User and system time so far; proc_pid_stat(5), fields 14 and 15.
  static func seconds(_ process: pid_t) throws -> Double {
    let text = SmallFile.read("/proc/\(process)/stat") ?? ""
    // The name before it may hold anything. The field after it is the third.
    let fields = text.reversed().prefix { $0 != ")" }.reversed().split(separator: " ")
    guard fields.count > 12, let user = Double(String(fields[11])),
      let system = Double(String(fields[12]))
    else { throw HarnessFailure("no processor time: \(text)") }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
