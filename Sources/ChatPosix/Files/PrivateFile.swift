import CPosix
import Glibc
import SystemPackage

/// Why a file is not one to keep words in.
public enum PrivateFileError: Error {
  case system(SystemCallError)
  /// A device, a pipe, a directory.
  case notRegular
  /// Another user's, who could read it whatever its mode is.
  case notOwn
  /// Its mode lets others read or change it.
  case exposed
  /// Others may put another file in its place.
  case exposedDirectory
  /// It has other names, by which others may reach it.
  case linked
  /// Another process holds its lock.
  case inUse
}

/// A file of the user's own that lines are added to: readable to nobody else,
/// and open, so that a contained process can write it.
public struct PrivateFile: Sendable {
  public let descriptor: FileDescriptor

  /// A file that another process opened and handed over.
  public init(descriptor: FileDescriptor) {
    self.descriptor = descriptor
  }

  /// Opens the file at `path`, or where a link there leads, or makes it. What is
  /// there is not changed: see ``makePrivate()``. open(2) O_APPEND, fstat(2).
  ///
  /// One that others may read, change, reach by another name or put another in
  /// the place of is refused, as a transcript is: they may have it open already. Of
  /// one that does not begin with `beginning`, and so is another program's, only the
  /// place is looked at; what begins it is the caller's to say.
  ///
  /// `isDurable`: what is written survives a power cut once it is written, without
  /// a call for it. O_DSYNC.
  ///
  /// - Throws: ``PrivateFileError``.
  public static func open(
    _ path: FilePath, beginning: [UInt8], isDurable: Bool = false
  ) throws(PrivateFileError) -> PrivateFile {
    let durability = FileDescriptor.OpenOptions(rawValue: isDurable ? O_DSYNC : 0)
    return try open(
      path, beginning: beginning, .readWrite, options: [.create, .append, durability])
  }

  /// Opens the file at `path` to be read, under the same conditions.
  ///
  /// - Returns: `nil` when nothing is there.
  /// - Throws: ``PrivateFileError``.
  public static func openExisting(_ path: FilePath) throws(PrivateFileError) -> PrivateFile? {
    do throws(PrivateFileError) {
      return try open(path, beginning: [], .readOnly, options: [])
    } catch {
      if case .system(let error) = error, error.isAbsence { return nil }
      throw error
    }
  }

  /// Opens the file at `path` to be changed anywhere, under the same conditions, or makes
  /// it.
  ///
  /// - Returns: `nil` when nothing is there and none is to be made.
  /// - Throws: ``PrivateFileError``.
  public static func openToChange(
    _ path: FilePath, isCreating: Bool
  ) throws(PrivateFileError) -> PrivateFile? {
    do throws(PrivateFileError) {
      return try open(path, beginning: [], .readWrite, options: isCreating ? [.create] : [])
    } catch {
      if !isCreating, case .system(let error) = error, error.isAbsence { return nil }
      throw error
    }
  }

  private static func open(
    _ path: FilePath, beginning: [UInt8], _ mode: FileDescriptor.AccessMode,
    options: FileDescriptor.OpenOptions
  ) throws(PrivateFileError) -> PrivateFile {
    try checkDirectory(of: path)
    let descriptor: FileDescriptor
    do throws(SystemCallError) {
      descriptor = try SystemCall.perform("open") {
        Result(catchingErrno: {
          // Nobody is waited for at the other end of what turns out a pipe.
          try FileDescriptor.open(
            path, mode,
            options: options.union([
              .closeOnExec, .nonBlocking, FileDescriptor.OpenOptions(rawValue: O_NOCTTY),
            ]),
            permissions: options.contains(.create) ? .ownerReadWrite : nil,
            retryOnInterrupt: false)
        })
      }
    } catch {
      throw .system(error)
    }
    do throws(PrivateFileError) {
      let status = try status(of: descriptor)
      guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
      guard status.st_uid == geteuid() else { throw .notOwn }
      let file = PrivateFile(descriptor: descriptor)
      if beginning.starts(with: try file.beginning(beginning.count)) {
        guard status.st_mode & 0o077 == 0 else { throw .exposed }
        guard status.st_nlink == 1 else { throw .linked }
      }
      return file
    } catch {
      descriptor.closeOnce()
      throw error
    }
  }

  private func beginning(_ count: Int) throws(PrivateFileError) -> [UInt8] {
    do throws(SystemCallError) {
      return try read(from: 0, count: count)
    } catch {
      throw .system(error)
    }
  }

  /// Before anything is made there. In a directory like /tmp, a name is its owner's
  /// (the sticky bit, inode(7)); what is no directory is named by open(2).
  private static func checkDirectory(of path: FilePath) throws(PrivateFileError) {
    guard let status = try directory(of: path) else { return }
    let isOpen = status.permissions & 0o022 != 0 && status.permissions & 0o1000 == 0
    let user = geteuid()
    let isOfAnother = user != 0 && status.owner != 0 && status.owner != user
    if isOpen || isOfAnother { throw .exposedDirectory }
  }

  /// That of the directory that `path`, links followed, is in; `nil` when there is
  /// none.
  static func directory(of path: FilePath) throws(PrivateFileError) -> FileStatus? {
    let parent = path.resolvingDirectory().removingLastComponent()
    do throws(SystemCallError) {
      let status = try FileStatus(of: parent.isEmpty ? "." : parent, followingLinks: true)
      return status?.kind == .directory ? status : nil
    } catch {
      throw .system(error)
    }
  }

  static func status(of descriptor: FileDescriptor) throws(PrivateFileError) -> stat {
    var status = stat()
    do throws(SystemCallError) {
      _ = try SystemCall.perform("fstat") {
        Result(errnoFrom: fstat(descriptor.rawValue, &status))
      }
    } catch {
      throw .system(error)
    }
    return status
  }

  /// Makes it readable to nobody else, whatever the umask took away or its mode
  /// was before. fchmod(2).
  public func makePrivate() throws(SystemCallError) {
    _ = try SystemCall.perform("fchmod") { Result(errnoFrom: fchmod(descriptor.rawValue, 0o600)) }
  }

  /// Takes the file for this process alone, until ``unlock()`` or its end. fcntl(2)
  /// F_OFD_SETLK.
  ///
  /// - Throws: ``PrivateFileError/inUse``, ….
  public func lock() throws(PrivateFileError) {
    do throws(SystemCallError) {
      let isTaken = try SystemCall.performUnlessBlocking("fcntl") {
        Result(errnoFrom: cposix_lock(descriptor.rawValue, 0, 0))
      }
      if isTaken != nil { return }
    } catch {
      throw error.errno == .permissionDenied ? .inUse : .system(error)
    }
    throw .inUse
  }

  /// As ``lock()``, waiting for whoever has it: programs that are done at once.
  public func lockPatiently() throws(PrivateFileError) {
    do throws(SystemCallError) {
      _ = try SystemCall.perform("fcntl") {
        Result(errnoFrom: cposix_lock_within(descriptor.rawValue, 0, 0, 5_000))
      }
    } catch {
      throw error.errno.meansWouldBlock ? .inUse : .system(error)
    }
  }

  /// Lets others have the file again. fcntl(2) F_OFD_SETLK.
  public func unlock() throws(SystemCallError) {
    _ = try SystemCall.perform("fcntl") {
      Result(errnoFrom: cposix_unlock(descriptor.rawValue, 0, 0))
    }
  }

  /// Bytes in it. lseek(2).
  public func size() throws(SystemCallError) -> Int64 {
    try SystemCall.perform("lseek") {
      Result(catchingErrno: { try descriptor.seek(offset: 0, from: .end) })
    }
  }

  /// At most `count` bytes from `offset` on. lseek(2), read(2).
  public func read(from offset: Int64, count: Int) throws(SystemCallError) -> [UInt8] {
    _ = try SystemCall.perform("lseek") {
      Result(catchingErrno: { try descriptor.seek(offset: offset, from: .start) })
    }
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: max(1, min(count, 64 * 1024)))
    while all.count < count {
      let result = try descriptor.readAvailable(into: &buffer, limit: count - all.count)
      guard case .bytes(let read) = result else { break }
      all += buffer[..<read]
    }
    return all
  }

  /// Puts `bytes` at `offset` of a file that was opened to be changed. lseek(2), write(2).
  ///
  /// - Throws: ``SystemCallError``: `ENOSPC`, `EDQUOT`, `EFBIG`, `EIO`; some of them may
  ///   have been written.
  public func write(_ bytes: [UInt8], at offset: Int64) throws(SystemCallError) {
    _ = try SystemCall.perform("lseek") {
      Result(catchingErrno: { try descriptor.seek(offset: offset, from: .start) })
    }
    try descriptor.writeAll(bytes)
  }

  /// Cuts it to `size` bytes. ftruncate(2).
  public func truncate(to size: Int64) throws(SystemCallError) {
    _ = try SystemCall.perform("ftruncate") {
      Result(errnoFrom: ftruncate(descriptor.rawValue, off_t(size)))
    }
  }

  /// Adds `bytes` at its end: all of them, or none, where this process alone
  /// writes to it.
  ///
  /// - Throws: ``SystemCallError``: `ENOSPC`, `EDQUOT`, `EFBIG`, `EIO`.
  public func append(_ bytes: [UInt8]) throws(SystemCallError) {
    let before = try size()
    do throws(SystemCallError) {
      try descriptor.writeAll(bytes)
    } catch {
      // What cannot be taken back is cut off when the file is opened next.
      try? truncate(to: before)
      throw error
    }
  }

  /// Puts `bytes`, fewer than it holds, in the place of everything. They are written
  /// over its beginning, which needs no room, and only then is the rest cut off:
  /// after a failure or a kill between, the rest is there as well. What others add
  /// meanwhile may be lost. fcntl(2) F_SETFL, lseek(2), write(2), ftruncate(2).
  public func replace(with bytes: [UInt8]) throws(SystemCallError) {
    // With O_APPEND write(2) knows one place, and so does pwrite(2) on Linux.
    try setAppending(false)
    do throws(SystemCallError) {
      _ = try SystemCall.perform("lseek") {
        Result(catchingErrno: { try descriptor.seek(offset: 0, from: .start) })
      }
      try descriptor.writeAll(bytes)
      try truncate(to: Int64(bytes.count))
    } catch {
      try? setAppending(true)
      throw error
    }
    try setAppending(true)
  }

  private func setAppending(_ isOn: Bool) throws(SystemCallError) {
    _ = try SystemCall.perform("fcntl") {
      Result(errnoFrom: cposix_set_appending(descriptor.rawValue, isOn))
    }
  }
}
