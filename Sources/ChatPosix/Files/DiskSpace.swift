import Glibc
import SystemPackage

/// The room of a file system, in bytes.
public struct DiskSpace: Hashable, Sendable {
  public var total: Int64
  /// What a user without root's powers can still write.
  public var available: Int64

  public init(total: Int64, available: Int64) {
    self.total = total
    self.available = available
  }

  /// Of the file system that holds `path`. statvfs(3).
  ///
  /// - Throws: ``SystemCallError``: `ENOENT`, `EACCES`, `EIO`, ….
  public static func around(_ path: FilePath) throws(SystemCallError) -> DiskSpace {
    var status = statvfs()
    _ = try SystemCall.perform("statvfs") {
      Result(errnoFrom: path.withPlatformString { statvfs($0, &status) })
    }
    func bytes(_ blocks: fsblkcnt_t) -> Int64 {
      let (product, isTooMuch) = UInt64(blocks).multipliedReportingOverflow(
        by: UInt64(status.f_frsize))
      return isTooMuch ? .max : Int64(clamping: product)
    }
    return DiskSpace(total: bytes(status.f_blocks), available: bytes(status.f_bavail))
  }
}
