import Glibc

/// The system's processes; proc_pid_stat(5).
public enum ProcessTable {
  public struct Entry {
    public var id: pid_t
    /// `R`, `S`, `T` for stopped, `Z` for dead and not reaped.
    public var state: Character
    public var parent: pid_t
    public var group: pid_t
    public var session: pid_t
  }

  public static func all() -> [Entry] {
    Tree.names(in: "/proc").compactMap { pid_t($0) }.compactMap { entry($0) }
  }

  /// One process; `nil` when it is gone.
  public static func entry(_ id: pid_t) -> Entry? {
    guard let text = SmallFile.read("/proc/\(id)/stat"), let end = text.lastIndex(of: ")") else {
      return nil
    }
    // The name before it may hold anything, parentheses too.
    let fields = text[end...].dropFirst().split(separator: " ")
    guard fields.count > 4, let state = fields[0].first, let parent = pid_t(fields[1]),
      let group = pid_t(fields[2]), let session = pid_t(fields[3])
    else { return nil }
    return Entry(id: id, state: state, parent: parent, group: group, session: session)
  }

  /// What a process has used of the processor, in hundredths of a second; `nil` when it
  /// is gone.
  public static func processorTicks(of id: pid_t) -> Int? {
    guard let text = SmallFile.read("/proc/\(id)/stat"), let end = text.lastIndex(of: ")") else {
      return nil
    }
    let fields = text[end...].dropFirst().split(separator: " ")
    guard fields.count > 12, fields[0] != "Z", let user = Int(fields[11]),
      let system = Int(fields[12])
    else { return nil }
    return user + system
  }

  /// A line of proc_pid_status(5), say `Threads`; `nil` when it, or the
  /// process, is not there.
  public static func status(_ name: String, of id: pid_t) -> String? {
    SmallFile.read("/proc/\(id)/status")?.split(separator: "\n")
      .first { $0.hasPrefix("\(name):\t") }.map { String($0.dropFirst(name.count + 2)) }
  }
}

public enum SmallFile {
  /// Puts `text` in the place of what is there, for its owner alone to read.
  public static func write(_ text: String, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw HarnessFailure("\(path) cannot be written") }
    defer { close(descriptor) }
    try Descriptor.writeAll(Array(text.utf8), to: descriptor) {}
  }

  /// A whole file; `nil` when it cannot be read.
  public static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return String(decoding: Descriptor.readAvailable(descriptor), as: UTF8.self)
  }
}
