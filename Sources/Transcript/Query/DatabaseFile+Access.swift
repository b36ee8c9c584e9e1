import Glibc

extension DatabaseFile {
  /// Whether this process may write the file at `path`; access(2).
  static func mayWrite(_ path: String) -> Bool { access(path, W_OK) == 0 }

  /// The size of the file at `path` in bytes; 0 when there is none; stat(2).
  static func size(_ path: String) -> Int64 {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : 0
  }
}
