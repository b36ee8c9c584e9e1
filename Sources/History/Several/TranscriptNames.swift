import ChatCore
import ChatPosix

/// What transcripts are called that are read together.
enum TranscriptNames {
  /// The file's name, with as many of its directories as no other of them has
  /// too: `transcript.db`, or `north/transcript.db` beside
  /// `south/transcript.db`. They are safe for a terminal, on one row.
  ///
  /// - Parameter paths: absolute, and each of another file.
  /// - Returns: a name for each of them.
  static func distinct(_ paths: [FilePath]) -> [String] {
    let parts = paths.map { path in
      path.components.map { TextSanitizer.escapedOnOneLine($0.string) }
    }
    return parts.map { own in
      let length = (1...max(1, own.count)).first { length in
        parts.count { $0.suffix(length) == own.suffix(length) } == 1
      }
      guard let length else { return "/" + own.joined(separator: "/") }
      return own.suffix(length).joined(separator: "/")
    }
  }
}
