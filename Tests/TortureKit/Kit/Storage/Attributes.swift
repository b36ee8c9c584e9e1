import Glibc

/// What chattr(1) sets; ioctl_iflags(2).
enum Attributes {
  /// FS_IOC_GETFLAGS and FS_IOC_SETFLAGS on 64 bits, and FS_IMMUTABLE_FL, of
  /// <linux/fs.h>.
  private static let get: UInt = 0x8008_6601
  private static let set: UInt = 0x4008_6602
  private static let immutable: Int32 = 0x10

  /// A file that is not there is left out.
  static func setImmutable(_ isImmutable: Bool, _ path: String) throws {
    let file = open(path, O_RDONLY)
    if file == -1, errno == ENOENT { return }
    defer { close(file) }
    var flags: Int32 = 0
    guard ioctl(file, get, &flags) == 0 else { throw TortureFailure("\(path): errno \(errno)") }
    flags = isImmutable ? flags | immutable : flags & ~immutable
    guard ioctl(file, set, &flags) == 0 else { throw TortureFailure("\(path): errno \(errno)") }
  }
}
