import Glibc

/// The file a database lives in, and its neighbours.
enum DatabaseFile {
  /// Whether a regular file is at `path`, symbolic links followed; stat(2).
  static func exists(_ path: String) throws(TranscriptError) -> Bool {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else { throw TranscriptError(.notAFile, path: path) }
      return true
    }
    switch errno {
    case ENOENT, ENOTDIR: return false
    case EACCES: throw TranscriptError(.notPermitted, path: path, errno: errno)
    default: throw TranscriptError(.cannotOpen(errno: errno), path: path, errno: errno)
    }
  }

  /// Whether a write-ahead log with anything in it lies beside `path`. One
  /// that cannot be looked at counts as there.
  static func hasLog(_ path: String) -> Bool {
    var status = stat()
    if stat(resolved(path) + "-wal", &status) == 0 { return status.st_size > 0 }
    return errno != ENOENT
  }

  /// Why `path` cannot be written: the file system, or the file's mode.
  static func refusal(toWrite path: String) -> TranscriptError {
    _ = access(path, W_OK)
    let error = errno
    return TranscriptError(error == EACCES ? .notPermitted : .readOnly, path: path, errno: error)
  }

  /// `path` without symbolic links, as SQLite names the log beside it: one
  /// database has one set of neighbours, whatever name it is opened by;
  /// realpath(3). The last part need not exist.
  static func resolved(_ path: String) -> String {
    if let whole = realPath(path) { return whole }
    let (directory, name) = split(path)
    guard let parent = realPath(directory) else { return path }
    return parent == "/" ? "/" + name : parent + "/" + name
  }

  /// The directory and the last part of `path`.
  static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let directory = path[..<slash]
    return (directory.isEmpty ? "/" : String(directory), String(path[path.index(after: slash)...]))
  }

  private static func realPath(_ path: String) -> String? {
    guard let whole = realpath(path, nil) else { return nil }
    defer { free(whole) }
    return String(cString: whole)
  }

  /// A URI for a file that nobody writes
  /// (https://www.sqlite.org/uri.html#uriimmutable).
  static func immutableURI(_ path: String) -> String {
    let digits = Array("0123456789abcdef")
    var uri = "file:"
    for byte in resolved(path).utf8 {
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
