import Transcript

/// What the keeper tells the listener first, once it has started.
enum KeeperAnswer {
  /// The transcript is open, this is the run's id in it, and this its log.
  case running(Int64, log: FileIdentity?)
  case failed(TranscriptError)

  /// What it tells after that: the oldest end of a conversation that it was
  /// asked to record is in the transcript.
  static let buried: [UInt8] = [0x42]

  var bytes: [UInt8] {
    switch self {
    case .running(let id, let log):
      [0x52] + "\(id) \(log?.device ?? 0) \(log?.inode ?? 0)".utf8
    case .failed(let error): [0x46] + TranscriptErrorCode.bytes(of: error)
    }
  }

  /// Reads an answer; `path` is the transcript's, which both ends know.
  init(bytes: [UInt8], path: String) {
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    let words = text.split(separator: " ")
    if bytes.first == 0x52, words.count == 3, let id = Int64(words[0]),
      let device = UInt(words[1]), let inode = UInt(words[2])
    {
      // No file has the number 0.
      let log = inode == 0 ? nil : FileIdentity(device: device, inode: inode)
      self = .running(id, log: log)
    } else {
      self = .failed(TranscriptErrorCode.error(from: text, path: path))
    }
  }
}

/// A transcript's error on its way from one process to another.
enum TranscriptErrorCode {
  static func bytes(of error: TranscriptError) -> [UInt8] {
    let (name, first, second) = parts(of: error.kind)
    return Array("\(name) \(first) \(second) \(error.message ?? "")".utf8)
  }

  static func error(from text: String, path: String) -> TranscriptError {
    let words = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    let first = words.count > 1 ? Int(words[1]) ?? 0 : 0
    let second = words.count > 2 ? Int(words[2]) ?? 0 : 0
    let kind = kind(String(words.first ?? ""), first, second)
    let message = words.count > 3 && !words[3].isEmpty ? String(words[3]) : nil
    return TranscriptError(kind, path: path, message: message)
  }

  private static func parts(of kind: TranscriptError.Kind) -> (String, Int, Int) {
    switch kind {
    case .full: ("full", 0, 0)
    case .readOnly: ("readOnly", 0, 0)
    case .locked: ("locked", 0, 0)
    case .corrupt: ("corrupt", 0, 0)
    case .notADatabase: ("notADatabase", 0, 0)
    case .foreign: ("foreign", 0, 0)
    case .newer(let found, let known): ("newer", found, known)
    case .older(let found, let known): ("older", found, known)
    case .notPermitted: ("notPermitted", 0, 0)
    case .cannotOpen(let errno): ("cannotOpen", Int(errno), 0)
    case .cannotCreate(let errno): ("cannotCreate", Int(errno), 0)
    case .missing: ("missing", 0, 0)
    case .notAFile: ("notAFile", 0, 0)
    case .noWriteAheadLog: ("noWriteAheadLog", 0, 0)
    case .inputOutput(let code): ("inputOutput", Int(code), 0)
    case .deleted: ("deleted", 0, 0)
    case .replaced: ("replaced", 0, 0)
    case .constraint(let code): ("constraint", Int(code), 0)
    case .other(let code): ("other", Int(code), 0)
    }
  }

  private static func kind(
    _ name: String, _ first: Int, _ second: Int
  ) -> TranscriptError.Kind {
    let code = Int32(clamping: first)
    return switch name {
    case "full": .full
    case "readOnly": .readOnly
    case "locked": .locked
    case "corrupt": .corrupt
    case "notADatabase": .notADatabase
    case "foreign": .foreign
    case "newer": .newer(found: first, known: second)
    case "older": .older(found: first, known: second)
    case "notPermitted": .notPermitted
    case "cannotOpen": .cannotOpen(errno: code)
    case "cannotCreate": .cannotCreate(errno: code)
    case "missing": .missing
    case "notAFile": .notAFile
    case "noWriteAheadLog": .noWriteAheadLog
    case "inputOutput": .inputOutput(code: code)
    case "deleted": .deleted
    case "replaced": .replaced
    case "constraint": .constraint(code: code)
    default: .other(code: code)
    }
  }
}
