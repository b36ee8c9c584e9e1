import ChatPosix

/// The first bytes of a file shorter than a page of ours: as many as are there, to
/// be read without SQLite, which would use the log beside it
/// (https://www.sqlite.org/fileformat2.html#the_database_header).
struct DatabaseHeader {
  /// The size of page that SQLite has given new databases since 3.12, in bytes.
  static let pageSize: Int64 = 4096
  private static let length = 100
  private static let magic = Array("SQLite format 3\0".utf8)

  private let bytes: [UInt8]
  /// Of the whole file, in bytes.
  private let size: Int64

  init(_ bytes: [UInt8], size: Int64) {
    self.bytes = bytes
    self.size = size
  }

  /// Of the file at `path`. One that cannot be read is taken for whole.
  static func ofFile(at path: FilePath) -> DatabaseHeader {
    let size = DatabaseFile.size(path)
    if size == 0 { return DatabaseHeader([], size: 0) }
    var bytes = [UInt8](repeating: 0, count: length)
    guard let file = try? FileDescriptor.open(path, .readOnly) else {
      return DatabaseHeader(bytes, size: size)
    }
    defer { file.closeOnce() }
    guard case .bytes(let count)? = try? file.readAvailable(into: &bytes) else {
      return DatabaseHeader(bytes, size: size)
    }
    return DatabaseHeader(Array(bytes.prefix(count)), size: size)
  }

  /// Whether this is what is left of a transcript: nothing, or the beginning of its
  /// first page. While all else is in the log, the page has no application id yet.
  var isLeftOfTranscript: Bool {
    guard Self.magic.starts(with: bytes.prefix(Self.magic.count)) else { return false }
    if let id = integer(at: 68, length: 4), id != 0, id != Connection.applicationID {
      return false
    }
    guard bytes.count >= Self.length, let stated = integer(at: 16, length: 2) else { return true }
    // 65,536 does not fit, and is written as 1.
    return size < (stated == 1 ? 65_536 : stated)
  }

  /// A big-endian number, where all of it is there.
  private func integer(at offset: Int, length: Int) -> Int64? {
    guard bytes.count >= offset + length else { return nil }
    return bytes[offset..<offset + length].reduce(0) { $0 << 8 | Int64($1) }
  }
}
