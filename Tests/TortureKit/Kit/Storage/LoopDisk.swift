import Glibc
import Harness

/// An ext4 file system in a file, which can be made read-only under open files
/// as it makes itself after errors (ext4(5), errors=remount-ro): a mere remount
/// is refused as long as a file is open for writing, mount(2) EBUSY.
final class LoopDisk {
  private let image: String
  private let directory: String

  static let tools = ["/usr/sbin/mkfs.ext4", "/usr/bin/mount", "/usr/bin/umount"]

  /// Whether this machine can make one.
  static var isAvailable: Bool {
    geteuid() == 0 && access("/dev/loop-control", W_OK) == 0
      && tools.allSatisfy { access($0, X_OK) == 0 }
  }

  init(at directory: String) throws {
    self.directory = directory
    image = directory + ".image"
    let file = open(image, O_RDWR | O_CREAT, 0o600)
    guard ftruncate(file, 8 << 20) == 0 else { throw TortureFailure("ftruncate: errno \(errno)") }
    close(file)
    try Self.run("/usr/sbin/mkfs.ext4", "-q", "-F", image)
    try Self.run("/usr/bin/mount", "-o", "loop", image, directory)
  }

  deinit {
    try? freeze(false)
    try? Self.run("/usr/bin/umount", "-l", directory)
    unlink(image)
  }

  /// For good: what has files open there does not get them back.
  func abort() throws {
    try Self.run("/usr/bin/mount", "-o", "remount,abort", directory)
    let file = open(directory + "/probe", O_CREAT | O_WRONLY, 0o600)
    try hold(file == -1 && errno == EROFS, "the disk can be written still")
  }

  /// Lets whoever writes there wait in the kernel, where no signal reaches it, or go
  /// on. fsfreeze(8): FIFREEZE and FITHAW of <linux/fs.h>.
  func freeze(_ isFrozen: Bool) throws {
    let folder = open(directory, O_RDONLY | O_DIRECTORY)
    defer { close(folder) }
    try hold(
      ioctl(folder, isFrozen ? 0xc004_5877 : 0xc004_5878, 0) == 0,
      "fsfreeze: errno \(errno)")
  }

  private static func run(_ path: String, _ arguments: String...) throws {
    let process = try PipeProcess(path, arguments, environment: [:])
    defer { process.end() }
    let outcome = try process.exitOutcome()
    try hold(outcome == .exited(0), "\(path): \(outcome), \(process.errorText)")
  }
}
