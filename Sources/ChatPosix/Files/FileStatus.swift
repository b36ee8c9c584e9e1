import Glibc
import SystemPackage

/// Whose a file is, and who may use it.
public struct FileStatus: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case file
    case directory
    case link
    /// A device, a pipe or a socket.
    case other
  }

  public let kind: Kind
  /// The user id of its owner.
  public let owner: UInt32
  /// The permission bits, 0 to 0o7777.
  public let permissions: UInt32
  /// How many names it has.
  public let links: Int
  /// Which file it is, how long, and when it was changed last (nanoseconds of UTC since
  /// 1970): of two that are the same, nothing was changed between.
  public let inode: UInt64
  public let size: Int64
  public let changedAt: Int64

  /// That of what is at `path`; `nil` when nothing is. stat(2), lstat(2).
  ///
  /// - Throws: ``SystemCallError``: `EACCES`, `ELOOP`, ….
  public init?(of path: FilePath, followingLinks: Bool) throws(SystemCallError) {
    var status = stat()
    do throws(SystemCallError) {
      _ = try SystemCall.perform(followingLinks ? "stat" : "lstat") {
        Result(
          errnoFrom: path.withPlatformString {
            followingLinks ? stat($0, &status) : lstat($0, &status)
          })
      }
    } catch {
      if error.isAbsence { return nil }
      throw error
    }
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      case S_IFLNK: .link
      default: .other
      }
    owner = status.st_uid
    permissions = status.st_mode & 0o7777
    links = Int(status.st_nlink)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    changedAt = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
  }

  /// The user whose rights this process has. geteuid(2).
  public static var effectiveUser: UInt32 { geteuid() }
}
