import Glibc

/// A file system of its own with little room, which only root may mount.
public final class SmallDisk {
  public let directory: String
  private let filler: String

  /// Whether this process may mount; tried, since root in a container may not.
  public static let isAvailable: Bool = (try? SmallDisk()) != nil

  /// By default 4 MiB: room for a transcript and its log.
  public init(kilobytes: Int = 4096) throws {
    var name = Array("/tmp/chat-test-disk-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { throw HarnessFailure("mkdtemp") }
    directory = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    filler = directory + "/filler"
    guard mount("tmpfs", directory, "tmpfs", 0, "size=\(kilobytes)k") == 0 else {
      rmdir(directory)
      throw HarnessFailure("mount: \(String(cString: strerror(errno)))")
    }
  }

  deinit {
    let detach: Int32 = 2  // MNT_DETACH, <sys/mount.h>
    umount2(directory, detach)
    rmdir(directory)
  }

  /// Takes all the room there is.
  public func fill() throws {
    let file = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(file) }
    let page = [UInt8](repeating: 0, count: 4096)
    while write(file, page, page.count) > 0 {}
    guard errno == ENOSPC else {
      throw HarnessFailure("the disk is not full: \(String(cString: strerror(errno)))")
    }
  }

  /// Gives it back.
  public func free() {
    unlink(filler)
  }

  /// Makes it read-only, as a file system with errors becomes.
  public func makeReadOnly() throws {
    // MS_RDONLY and MS_REMOUNT, <sys/mount.h>.
    guard mount("tmpfs", directory, "tmpfs", 1 | 32, nil) == 0 else {
      throw HarnessFailure("remount: \(String(cString: strerror(errno)))")
    }
  }
}
