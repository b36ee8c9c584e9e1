import ChatPosix

/// Small files of the system.
enum SystemFile {
  /// The largest file of the zone database is under 4 KiB; a name that leads
  /// to something else is not read to its end.
  private static let limit = 1 << 20

  /// The bytes of a file; `nil` when it cannot be read.
  static func bytes(at path: String) -> [UInt8]? {
    guard let descriptor = try? FileDescriptor.open(FilePath(path), .readOnly) else { return nil }
    defer { descriptor.closeOnce() }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while bytes.count < limit {
      guard let result = try? descriptor.readAvailable(into: &buffer) else { return nil }
      switch result {
      case .bytes(let count): bytes += buffer[..<count]
      case .endOfFile: return bytes
      case .wouldBlock: return nil
      }
    }
    return nil
  }
}
