import Glibc

/// A file system of its own with little room, which only root can mount.
final class SmallDisk {
  let directory: String

  /// Whether this process may mount; tried, since root in a container may not.
  static let isAvailable: Bool = (try? SmallDisk(kilobytes: 64)) != nil

  struct CannotMount: Error {}

  init(kilobytes: Int) throws {
    var name = Array("/tmp/small-disk-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { throw CannotMount() }
    directory = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard mount("tmpfs", directory, "tmpfs", 0, "size=\(kilobytes)k") == 0 else {
      rmdir(directory)
      throw CannotMount()
    }
  }

  /// Makes it read-only, as a file system with errors becomes.
  func makeReadOnly() -> Bool {
    // From <sys/mount.h>, where they are an enum that is not imported as such.
    let readOnly: UInt = 1
    let remount: UInt = 32
    return mount("tmpfs", directory, "tmpfs", readOnly | remount, nil) == 0
  }

  deinit {
    let detach: Int32 = 2
    umount2(directory, detach)
    rmdir(directory)
  }
}
