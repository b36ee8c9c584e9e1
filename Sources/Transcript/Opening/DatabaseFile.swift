import ChatPosix

/// The file a database lives in, and its neighbours.
enum DatabaseFile {
  /// Whether a regular file is at `path`, symbolic links followed.
  static func exists(_ path: String) throws(TranscriptError) -> Bool {
    do throws(SystemCallError) {
      switch try FileNames.target(of: FilePath(path)) {
      case .file: return true
      case nil: return false
      case .other: break
      }
    } catch {
      throw TranscriptError(error, path: path, others: .cannotOpen)
    }
    throw TranscriptError(.notAFile, path: path)
  }

  /// The size of the file at `path` in bytes; 0 when there is none.
  static func size(_ path: FilePath) -> Int64 {
    guard case .file(let size)? = try? FileNames.target(of: path) else { return 0 }
    return size
  }

  /// Whether a write-ahead log with anything in it lies beside `path`. One
  /// that cannot be looked at counts as there.
  static func hasLog(_ path: String) -> Bool {
    do throws(SystemCallError) {
      guard case .file(let size)? = try FileNames.target(of: log(of: path)) else { return false }
      return size > 0
    } catch {
      return true
    }
  }

  /// Whether somebody has cut off the transcript at `path`: it has not one whole
  /// page, and a log or shared memory is beside it. SQLite makes these only
  /// once it has written the first page. What is left must not be another
  /// program's: one with smaller pages, whose rows are in its log still, is whole.
  static func isEmptied(_ path: String) -> Bool {
    let file = resolved(path)
    return isCutOff(file) && DatabaseHeader.ofFile(at: file).isLeftOfTranscript
  }

  /// The same of a file that is known to be a transcript. The file is not opened:
  /// closing it would take the locks of a connection that has it open
  /// (https://www.sqlite.org/howtocorrupt.html, 2.2).
  ///
  /// - Parameter file: as ``resolved(_:)`` gives it: it is looked at before every commit.
  /// - Returns: whether nothing, or only a part of its first page, is left of it.
  static func isCutOff(_ file: FilePath) -> Bool {
    guard case .file(let size)? = try? FileNames.target(of: file), size < DatabaseHeader.pageSize
    else { return false }
    return ["-wal", "-shm"].contains { suffix in
      (try? FileNames.target(of: FilePath(file.string + suffix))) != nil
    }
  }

  /// Takes away a database that was emptied, with what is beside it. What the log
  /// has are changes of pages that are no more, and would make a wreck of any
  /// file. To be called in the queue of the writers.
  static func removeEmptied(_ path: String) throws(TranscriptError) {
    guard isEmptied(path) else { return }
    do throws(SystemCallError) {
      for suffix in ["-wal", "-shm", "-journal", ""] {
        try FileNames.remove(neighbour(of: path, suffix))
      }
    } catch {
      throw TranscriptError(error, path: path, others: .cannotCreate)
    }
  }

  /// Makes sure that `path` may be written.
  ///
  /// - Throws: `notPermitted` for the file's mode, `readOnly` for the file
  ///   system and for what access(2) does not see.
  static func checkWritable(_ path: String) throws(TranscriptError) {
    do throws(SystemCallError) {
      try FileNames.checkWritable(FilePath(path))
    } catch {
      throw TranscriptError(error, path: path, others: .readOnly)
    }
  }

  static func log(of path: String) -> FilePath { neighbour(of: path, "-wal") }

  static func sharedMemory(of path: String) -> FilePath { neighbour(of: path, "-shm") }

  static func lockFile(of path: String) -> FilePath { neighbour(of: path, "-lock") }

  private static func neighbour(of path: String, _ suffix: String) -> FilePath {
    FilePath(resolved(path).string + suffix)
  }

  /// `path` without symbolic links, as SQLite names the log beside it: one
  /// database has one set of neighbours, whatever name it is opened by. The
  /// last part need not exist.
  static func resolved(_ path: String) -> FilePath {
    FilePath(path).resolvingDirectory()
  }

  /// A URI for a file that nobody writes
  /// (https://www.sqlite.org/uri.html#uriimmutable).
  static func immutableURI(_ path: String) -> String {
    let digits = Array("0123456789abcdef")
    var uri = "file:"
    for byte in resolved(path).string.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        uri.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        uri += "%"
        uri.append(digits[Int(byte >> 4)])
        uri.append(digits[Int(byte & 0xf)])
      }
    }
    return uri + "?immutable=1"
  }
}

/// Making it.
extension DatabaseFile {
  /// Makes the directories that `path` needs, with mode 0700: what was said
  /// is nobody else's to read. Those that exist are left as they are.
  static func makeDirectory(of path: String) throws(TranscriptError) {
    do throws(SystemCallError) {
      // SQLite sees to its own files.
      try FileNames.makeDirectories(of: FilePath(path))
    } catch {
      throw TranscriptError(error, path: path, others: .cannotCreate)
    }
  }

  /// Makes an empty file with mode 0600 before SQLite sees it; SQLite gives
  /// the log and the shared memory the same mode. A file that exists is left
  /// as it is.
  static func create(_ path: String) throws(TranscriptError) {
    if try exists(path) { return }
    do throws(SystemCallError) {
      // A log without its database belongs to one that was deleted, and
      // processes may still have that one open: sharing its shared memory with
      // them would damage both (https://www.sqlite.org/howtocorrupt.html).
      for suffix in ["-wal", "-shm", "-journal"] {
        try FileNames.remove(neighbour(of: path, suffix))
      }
      // Nobody in this process can have the new file open, so that closing it
      // takes no lock from anybody.
      try FileDescriptor.create(FilePath(path)).closeOnce()
    } catch {
      if error.errno == .fileExists { return }
      throw TranscriptError(error, path: path, others: .cannotCreate)
    }
  }
}
