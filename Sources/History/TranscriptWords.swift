import ChatCore
import ChatPosix
import Transcript

/// What is wrong with a transcript, in words: the same from both halves of
/// chatserve.
public enum TranscriptWords {
  /// The cause as the end of a sentence, with what to do where it is something
  /// in particular.
  public static func cause(_ error: TranscriptError) -> String {
    let path = TextSanitizer.escapedOnOneLine(error.path)
    let word = ShellWord(error.path)
    return switch error.kind {
    case .full: "the disk with \(path) is full"
    case .readOnly: "\(path) is read-only"
    case .locked: "\(path) is locked by another program"
    case .corrupt: "\(path) is damaged"
    case .notADatabase: "\(path) is not a database"
    case .foreign: "\(path) belongs to another program"
    case .altered:
      "\(path) has something in it that chatserve did not make"
        + (error.message.map { " (\(TextSanitizer.escapedOnOneLine($0)))" } ?? "")
        + "; \"chatserve history verify\" names it all; remove it with sqlite3, or move the file away"
    case .neighbourNotAFile:
      "what is beside \(path) as -wal, -shm or -journal is not a plain file; move it away"
    case .notOurs:
      "\(path), or a file beside it, belongs to another user; type: sudo chown \"$USER\" \(word)*"
    case .exposed:
      "other users may read or change \(path), or a file beside it; type: chmod 600 \(word)*"
    case .exposedDirectory:
      "other users may change the directory of \(path); "
        + "type: chmod go-w \"$(dirname \"$(realpath \(word))\")\""
    case .linked:
      "\(path), or a file beside it, has other names too (hard links), by which others may reach it; "
        + "type: cp -p \(word) \(word).new && mv \(word).new \(word)"
    case .emptied: "\(path) was emptied by another program"
    case .otherBuild:
      "\(path) was written by another build of chatserve; use that one for it, or move it away"
    case .empty: "\(path) is empty; \"chatserve PORT\" makes a transcript of it"
    case .notPermitted: "\(path) may not be used by this user"
    case .cannotOpen: "\(path) cannot be opened (\(reason(error)))"
    case .cannotCreate: "\(path) cannot be created (\(reason(error)))"
    case .missing: "there is no transcript at \(path)"
    case .notAFile: "\(path) is not a plain file"
    case .noWriteAheadLog: "the file system with \(path) has no shared memory for SQLite's log"
    case .inputOutput: "reading or writing \(path) failed (\(reason(error)))"
    case .deleted: "\(path) was deleted"
    case .replaced: "another file took the place of \(path)"
    case .constraint: "\(path) refused an entry (\(reason(error)))"
    case .superseded: "another process goes on with the conversation"
    case .notResumable: "the conversation cannot be gone on with"
    case .over: "the conversation is over"
    case .overstated: "the client claims to have read what was not said"
    case .other where error.isOfLongValue:
      "\(path) holds a value longer than any that chatserve writes, which \"chatserve history "
        + "verify\" names"
    case .other: "\(path) cannot be used (\(reason(error)))"
    }
  }

  private static func reason(_ error: TranscriptError) -> String {
    if let errno = error.errno { return "\(errno)" }
    if let message = error.message { return TextSanitizer.escapedOnOneLine(message) }
    return "SQLite \(error.code ?? 0)"
  }
}
