import Glibc

/// Which file a name stands for: stat(2).
public struct FileIdentity: Hashable, Sendable {
  public let device: UInt
  public let inode: UInt

  public init(device: UInt, inode: UInt) {
    self.device = device
    self.inode = inode
  }

  /// `nil` when there is nothing of that name.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = status.st_dev
    inode = status.st_ino
  }
}
