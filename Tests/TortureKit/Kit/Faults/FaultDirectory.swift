import FaultVFS
import Glibc

/// A directory whose databases meet the planned faults; gone with this value.
final class FaultDirectory {
  static let prefix = "/tmp/chat-fault-"

  let path: String
  var database: String { path + "/transcript.db" }

  init() throws {
    guard chat_fault_install(Self.prefix) == 0 else {
      throw TortureFailure("SQLite did not take the VFS")
    }
    var name = Array("\(Self.prefix)XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { throw TortureFailure("mkdtemp: errno \(errno)") }
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for suffix in ["", "-wal", "-shm", "-lock", "-journal"] { unlink(database + suffix) }
    rmdir(path)
  }
}
