import CSQLite

/// Which file a name stands for: statx(2).
public struct FileIdentity: Hashable, Sendable {
  public let device: UInt
  public let inode: UInt

  public init(device: UInt, inode: UInt) {
    self.device = device
    self.inode = inode
  }

  /// `nil` when there is nothing of that name.
  init?(path: String) {
    // Not stat(2), which asks for the times too: of a file that somebody asked
    // the times of, a kernel with fine ones (6.13) makes each write change
    // them, and then a commit waits for the inode to be written as well.
    var found = chat_statx()
    guard chat_identify(path, &found) == 0 else { return nil }
    device = UInt(found.device_major) << 32 | UInt(found.device_minor)
    inode = UInt(found.inode)
  }
}
