import CPosix
import Glibc
import SystemPackage

/// What Landlock allows; landlock(7).
private struct Rights: OptionSet {
  let rawValue: UInt64

  static let read = Rights(CPOSIX_LANDLOCK_READ_FILE)
  static let write = Rights(CPOSIX_LANDLOCK_WRITE_FILE)
  static let truncate = Rights(CPOSIX_LANDLOCK_TRUNCATE)
  static let makeFile = Rights(CPOSIX_LANDLOCK_MAKE_REG)
  static let removeFile = Rights(CPOSIX_LANDLOCK_REMOVE_FILE)
  static let makeDirectory = Rights(CPOSIX_LANDLOCK_MAKE_DIR)
  /// SQLite opens the directory to make a new log's name durable, fsync(2).
  static let readDirectory = Rights(CPOSIX_LANDLOCK_READ_DIR)

  /// What a database is kept by: it, its log and shared memory, their locks,
  /// all made and removed in its directory (https://sqlite.org/tempfiles.html).
  static let database: Rights = [.read, .write, .truncate, .makeFile, .removeFile, .readDirectory]

  init(rawValue: UInt64) { self.rawValue = rawValue }

  private init(_ right: Int) { rawValue = UInt64(right) }
}

extension Containment {
  /// Denies all that this kernel's Landlock can deny, but for the directory
  /// and the files named.
  func barFiles() throws(SystemCallError) {
    Clock.loadZone()
    let version = try SystemCall.perform("landlock_create_ruleset") {
      Result(errnoFrom: cposix_landlock_version())
    }
    let ruleset = FileDescriptor(
      rawValue: try SystemCall.perform("landlock_create_ruleset") {
        Result(errnoFrom: cposix_landlock_ruleset(version, role.stopsGroup))
      })
    defer { ruleset.closeOnce() }
    // A kernel refuses a right that it does not know.
    let knowsCuts = version >= 3
    let allMayBeCut = knowsCuts && shrinkableFiles == nil
    let known: Rights = allMayBeCut ? .database : .database.subtracting(.truncate)
    if let directory { try Self.allow(known, in: directory, ruleset) }
    for file in readableFiles { try Self.allow([.read], onFile: file, in: ruleset) }
    for port in version >= 4 ? ports : [] {
      try Self.perform("landlock_add_rule") {
        cposix_landlock_allow_port(ruleset.rawValue, port)
      }
    }
    // Beside what they have by the directory. Whether ftruncate(2) may be called
    // is settled when a file is opened.
    if knowsCuts {
      for file in shrinkableFiles ?? [] {
        try Self.allow([.truncate], onFile: file, in: ruleset)
      }
    }
    // landlock(7) demands it, also where the first layer was left out.
    try Self.perform("prctl", cposix_no_new_privileges)
    try Self.perform("landlock_restrict_self") { cposix_landlock_restrict(ruleset.rawValue) }
  }

  /// Landlock binds to what exists. Of a directory that was deleted under the
  /// server it is the nearest that is left, where it can be made again.
  private static func allow(
    _ rights: Rights, in directory: FilePath, _ ruleset: FileDescriptor
  ) throws(SystemCallError) {
    var path = directory
    var rights = rights
    while true {
      if let descriptor = try openPath(path.isEmpty ? "." : path) {
        defer { descriptor.closeOnce() }
        return try allow(rights, on: descriptor, in: ruleset)
      }
      guard path.removeLastComponent() else {
        throw SystemCallError(call: "open", errno: .noSuchFileOrDirectory)
      }
      rights.insert(.makeDirectory)
    }
  }

  /// Passes over one that is not there.
  private static func allow(
    _ rights: Rights, onFile path: FilePath, in ruleset: FileDescriptor
  ) throws(SystemCallError) {
    guard let descriptor = try openPath(path) else { return }
    defer { descriptor.closeOnce() }
    try allow(rights, on: descriptor, in: ruleset)
  }

  private static func allow(
    _ rights: Rights, on path: FileDescriptor, in ruleset: FileDescriptor
  ) throws(SystemCallError) {
    try perform("landlock_add_rule") {
      cposix_landlock_allow(ruleset.rawValue, path.rawValue, rights.rawValue)
    }
  }

  /// Names a file without opening it for anything; nil when there is none.
  /// open(2) O_PATH.
  private static func openPath(_ path: FilePath) throws(SystemCallError) -> FileDescriptor? {
    do throws(SystemCallError) {
      return try SystemCall.perform("open") {
        let number = path.withPlatformString { cposix_open_path($0) }
        return Result(errnoFrom: number).map { FileDescriptor(rawValue: $0) }
      }
    } catch {
      if error.errno == .noSuchFileOrDirectory { return nil }
      throw error
    }
  }
}
