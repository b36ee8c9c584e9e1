import ChatClient
import ChatPosix
import ChatSecure
import Glibc
import SystemPackage
import Testing

/// A home directory, gone afterwards.
final class Home {
  let path: String

  init() throws {
    var name = Array("/tmp/chat-client-XXXXXX".utf8CString)
    try #require(mkdtemp(&name) != nil)
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(FilePath(path)) }

  private static func remove(_ path: FilePath) {
    if let stream = opendir(path.string) {
      while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { remove(path.appending(name)) }
      }
      closedir(stream)
    }
    Glibc.remove(path.string)
  }

  var servers: String { path + "/.config/chatclient/servers" }
  var file: String { servers + "/[localhost]:1027" }

  func memory(host: String = "localhost") throws -> ServerMemory {
    try ServerMemory(host: host, port: 1027) { $0 == "HOME" ? self.path : nil }
  }

  func forget() throws -> Bool {
    try ServerMemory.forget(host: "localhost", port: 1027) { $0 == "HOME" ? self.path : nil }
  }

  /// Puts `text` where the server is remembered.
  func write(_ text: String, mode: mode_t = 0o600) throws {
    for directory in [".config", ".config/chatclient", ".config/chatclient/servers"] {
      mkdir("\(path)/\(directory)", 0o700)
    }
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    try FileDescriptor(rawValue: descriptor).writeAll(text)
    try #require(chmod(file, mode) == 0)
  }

  func text() throws -> String {
    let descriptor = try FileDescriptor.open(file, .readOnly)
    defer { try? descriptor.close() }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
    return String(decoding: buffer[..<count], as: UTF8.self)
  }

  func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }
}
