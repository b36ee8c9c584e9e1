import ChatPosix
import Transcript

/// What the keeper tells the listener first, once it has started.
enum KeeperAnswer {
  /// The transcript is open, and this is the run's id in it.
  case running(Int64)
  case failed(TranscriptError)

  /// What it tells after that: the oldest end of a conversation that it was
  /// asked to record is in the transcript.
  static let buried: [UInt8] = [0x42]

  var bytes: [UInt8] {
    switch self {
    case .running(let id): [0x52] + "\(id)".utf8
    case .failed(let error): [0x46] + TranscriptErrorCode.bytes(of: error)
    }
  }

  /// Reads an answer; `path` is the transcript's, which both ends know.
  init(bytes: [UInt8], path: String) {
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    if bytes.first == 0x52, let id = Int64(text) {
      self = .running(id)
    } else {
      self = .failed(TranscriptErrorCode.error(from: text, path: path))
    }
  }
}

/// A transcript's error on its way from one process to another.
enum TranscriptErrorCode {
  static func bytes(of error: TranscriptError) -> [UInt8] {
    let numbers = "\(error.code ?? 0) \(error.errno?.rawValue ?? 0)"
    return Array("\(error.kind.rawValue) \(numbers) \(error.message ?? "")".utf8)
  }

  static func error(from text: String, path: String) -> TranscriptError {
    let words = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    func word(_ index: Int) -> String? {
      words.indices.contains(index) && !words[index].isEmpty ? String(words[index]) : nil
    }
    func number(_ index: Int) -> Int32? { word(index).flatMap { Int32($0) } }
    return TranscriptError(
      word(0).flatMap(TranscriptError.Kind.init) ?? .other, path: path,
      code: number(1).flatMap { $0 == 0 ? nil : $0 },
      errno: number(2).flatMap { $0 == 0 ? nil : Errno(rawValue: $0) }, message: word(3))
  }
}
