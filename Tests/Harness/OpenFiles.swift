import Glibc

/// What a process has open; proc_pid_fd(5).
public enum OpenFiles {
  /// Where a descriptor leads; `nil` when it is closed.
  public static func target(of number: Int, in process: pid_t) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/\(process)/fd/\(number)", &buffer, buffer.count)
    if count < 0 { return nil }
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Where all of them lead.
  public static func paths(of process: pid_t) -> Set<String> {
    let numbers = Tree.names(in: "/proc/\(process)/fd").compactMap { Int($0) }
    return Set(numbers.compactMap { target(of: $0, in: process) })
  }

  /// The descriptors that lead to a terminal.
  public static func terminals(of process: pid_t) -> Set<Int> {
    let numbers = Tree.names(in: "/proc/\(process)/fd").compactMap { Int($0) }
    return Set(numbers.filter { target(of: $0, in: process)?.hasPrefix("/dev/pts/") == true })
  }
}
