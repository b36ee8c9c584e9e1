import Foundation

/// Files as tests look at them.
enum SystemFile {
  /// `nil` when there is none.
  static func bytes(at path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path).map(Array.init)
  }

  /// What is in a directory, in no order.
  static func names(in directory: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
  }
}
