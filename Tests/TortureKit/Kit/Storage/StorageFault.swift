import CSQLite
import Glibc
import Harness

/// What can happen to the transcript's file under a running server.
public enum StorageFault: String, CaseIterable, Sendable {
  case diskFull
  case permissionLost
  /// Modes take the right to write from what is opened from now on.
  case modesReadOnly
  /// The files can no more be changed, by those who have them open neither.
  case immutable
  /// The disk has had errors and is read-only.
  case diskReadOnly
  case locked
  case headerCorrupted
  case pageCorrupted
  case deleted
  /// Cut off in place, as truncate(1) and logrotate's copytruncate do.
  case emptied
  case logDeleted
  case directoryDeleted

  /// Whether the message that meets it must be kept back until it is mended;
  /// else the server may know a way of its own.
  var holdsBack: Bool {
    switch self {
    case .diskFull, .permissionLost, .immutable, .locked: true
    case .modesReadOnly, .diskReadOnly: false
    case .headerCorrupted, .pageCorrupted, .deleted, .emptied, .logDeleted, .directoryDeleted: false
    }
  }

  /// Whether it is there still when the next peer comes.
  var isForGood: Bool {
    self == .headerCorrupted || self == .pageCorrupted || self == .diskReadOnly
  }

  /// Whether the operator is told, whatever becomes of the message.
  var isTold: Bool { holdsBack || self == .diskReadOnly }

  /// Whether whoever has the files open goes on, and only the next peer meets
  /// it.
  var isForTheNext: Bool { self == .modesReadOnly }

  /// Whether this machine can have it.
  public var isPossible: Bool {
    if self == .diskReadOnly { return LoopDisk.isAvailable }
    return geteuid() == 0 || !needsRoot
  }

  /// Whether only root can make it.
  private var needsRoot: Bool {
    switch self {
    case .diskFull, .permissionLost, .modesReadOnly, .immutable, .diskReadOnly: true
    default: false
    }
  }

  /// What the server is started by: root is held to permissions only without
  /// these capabilities (capabilities(7)).
  var wrapper: [String] {
    self == .permissionLost || self == .modesReadOnly
      ? ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"] : ["/usr/bin/env"]
  }
}

/// One fault, made and mended.
final class FaultyDisk {
  private let fault: StorageFault
  let directory: String
  private var lock: OpaquePointer?
  private var loop: LoopDisk?
  private var small: SmallDisk?

  var database: String { directory + "/transcript.db" }

  init(_ fault: StorageFault, home: String) throws {
    self.fault = fault
    if fault == .diskFull {
      let small = try SmallDisk(kilobytes: 1024)
      directory = small.directory
      self.small = small
      return
    }
    directory = home + "/disk"
    guard mkdir(directory, 0o700) == 0 else { throw TortureFailure("mkdir: errno \(errno)") }
    if fault == .diskReadOnly { loop = try LoopDisk(at: directory) }
  }

  deinit { mend() }

  func make() throws {
    switch fault {
    case .diskFull: try small?.fill()
    case .permissionLost:
      for path in files { chmod(path, 0) }
      chmod(directory, 0)
    case .modesReadOnly:
      for path in files { chmod(path, 0o400) }
      chmod(directory, 0o500)
    case .immutable: for path in frozen { try Attributes.setImmutable(true, path) }
    case .diskReadOnly: try loop?.abort()
    case .locked: try takeLock()
    case .headerCorrupted: try damage(at: 0, count: 100)
    case .pageCorrupted: try damage(at: 4096, count: 40 * 4096)
    case .deleted: for path in files { unlink(path) }
    case .emptied: try hold(truncate(database, 0) == 0, "truncating: errno \(errno)")
    case .logDeleted: unlink(database + "-wal")
    case .directoryDeleted:
      for path in files { unlink(path) }
      rmdir(directory)
    }
  }

  func mend() {
    switch fault {
    case .diskFull: small?.free()
    case .immutable:
      for path in frozen { try? Attributes.setImmutable(false, path) }
    case .permissionLost, .modesReadOnly:
      chmod(directory, 0o700)
      for path in files { chmod(path, 0o600) }
    case .locked:
      if let lock { sqlite3_close_v2(lock) }
      lock = nil
    default: break
    }
  }

  private var files: [String] { ["", "-wal", "-shm", "-lock"].map { database + $0 } }

  /// Not the shared memory: a process that writes to the mapping of such a file
  /// is killed by the kernel, with SIGBUS, and SQLite can do nothing about it.
  private var frozen: [String] { [directory, database, database + "-wal"] }

  private func takeLock() throws {
    guard sqlite3_open_v2(database, &lock, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK,
      sqlite3_exec(lock, "BEGIN IMMEDIATE", nil, nil, nil) == SQLITE_OK
    else { throw TortureFailure("locking the transcript") }
  }

  private func damage(at place: Int, count: Int) throws {
    // What is in the log only would hide it.
    var database: OpaquePointer?
    sqlite3_open_v2(self.database, &database, SQLITE_OPEN_READWRITE, nil)
    sqlite3_exec(database, "PRAGMA wal_checkpoint(TRUNCATE)", nil, nil, nil)
    sqlite3_close_v2(database)
    let file = open(self.database, O_WRONLY)
    defer { close(file) }
    let bytes = [UInt8](repeating: 0xa5, count: count)
    try hold(pwrite(file, bytes, count, off_t(place)) == count, "damaging: errno \(errno)")
  }
}
