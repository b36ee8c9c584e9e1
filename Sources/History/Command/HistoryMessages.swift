import ChatCore
import ChatPosix
import ChatProgram
import Transcript

/// Every sentence that `chatserve history` says to a person, apart from the
/// history itself. Each says what failed, on what, and what to do.
enum HistoryMessages {
  static let timeForms = """
    2026-03-01T14:02:03.120-08:00, "2026-03-01 14:02", 2026-03-01, 14:02, now, today, \
    yesterday, 2h, "2h ago", 3d, @1772402523
    """

  static func noMatch(_ pattern: String?, conversations: Int, oldest: String?) -> String {
    let shown = pattern.map { " \"\(TextSanitizer.escapedOnOneLine($0))\"" } ?? " the filters"
    let extent = oldest.map { ", oldest \($0)" } ?? ""
    return "no message matches\(shown) (\(count(conversations, "conversation")) searched\(extent))"
  }

  /// `words` as they are to be typed.
  static func wider(_ words: [String]) -> String {
    let typed = words.map { word in
      // As a shell reads it: a quote ends what is quoted.
      "'" + TextSanitizer.escapedOnOneLine(word).replacing("'", with: #"'\''"#) + "'"
    }
    let end = words.contains { $0.hasPrefix("-") } ? "-- " : ""
    return "longer words begin so; to find them: history search "
      + end + typed.joined(separator: " ")
  }

  static func pruned(conversations: Int, messages: Int) -> String {
    "\(count(conversations, "conversation")) with \(count(messages, "message"))"
      + " \(conversations == 1 ? "was" : "were") pruned earlier"
  }

  static func noDatabase(_ path: String) -> String {
    "no conversation has been recorded yet (there is no \(TextSanitizer.escapedOnOneLine(path)))"
  }

  static func replaced(_ path: String) -> String {
    "\(TextSanitizer.escapedOnOneLine(path)) was replaced; following the new one"
  }

  static func silent(_ count: Int) -> String {
    "\(Self.count(count, "connection")) that never had the floor and said nothing"
  }

  static func links(drops: Int, resumes: Int) -> String {
    "\(count(drops, "link")) lost, after which \(count(resumes, "client")) came back"
  }

  static func unlisted(_ count: Int) -> String {
    "\(silent(count)) \(count == 1 ? "is" : "are") not listed; --all lists \(count == 1 ? "it" : "them")"
  }

  static let noConversations = "no conversation matches"

  static func text(of error: HistoryError) -> String {
    switch error {
    case .verb(let word):
      "history has no verb \"\(shown(word))\"\(hint(SpellingHint.nearest(to: word, in: HistoryCommand.verbNames))); "
        + "it has \(HistoryCommand.verbNames.joined(separator: ", "))"
    case .time(let error, let option):
      "\(option) cannot read \"\(shown(error.text))\" as a time; it takes \(timeForms)"
    case .zone(.malformed(let text)):
      "--tz cannot read \"\(shown(text))\"; it takes local, utc, -08:00, America/Los_Angeles"
    case .zone(.unknown(let name)):
      "--tz knows no zone \"\(shown(name))\"; the names are those under /usr/share/zoneinfo"
    case .reference(let text):
      "\"\(shown(text))\" names no conversation; give an ID, @ (the newest), @~1 (the one before) or 3..7"
    case .unknownConversation(let text):
      "there is no conversation \(shown(text)); \"chatserve history list\" shows those there are"
    case .nameMissing(let text, let name):
      "\"\(shown(text))\" may be in any of the transcripts; say in which, as in \(name):\(shown(text))"
    case .notOfSeveral(let option):
      "\(option) counts in one transcript; give one --database with it"
    case .oneTranscript:
      "this takes one transcript; give one --database"
    case .expression(let text):
      "\"\(shown(text))\" is not a regular expression; -F takes it literally"
    case .value(let text, let option, let takes):
      "\(option) cannot be \"\(shown(text))\"; it takes \(takes)"
    case .databaseMissing(let path):
      "there is no transcript at \(shown(path))"
    case .noHome:
      "it is not known where the transcript is: neither XDG_STATE_HOME nor HOME is set; use --database"
    case .transcript(let error):
      text(of: error)
    case .output(let error, let path):
      "cannot write \(path.map(shown) ?? "the output"): \(error.errno)"
    case .outputIsTranscript(let path):
      "\(shown(path)) is the transcript itself, or a file of it; name another"
    case .backupExists(let path):
      "\(shown(path)) is there already; --force replaces it"
    case .backupForeignLink(let path):
      "\(shown(path)) is a link of another user's; name the file itself"
    case .backupNotFile(let path):
      "\(shown(path)) is no file; name one for the backup"
    case .backupHasLog(let path):
      "\(shown(path)) is of another database, and would be taken for the backup's; name another file"
    case .backupDamaged(let path):
      "no backup was made at \(shown(path)): the transcript is damaged; \"chatserve history verify\" says the same"
    case .conversationOpen(let id):
      "conversation \(id) is open, so nothing was deleted; it can be once it has ended"
    case .unconfirmed(let verb):
      "\(verb) deletes for good and there is no terminal to ask on; use -y to go on, -n to look first"
    case .proofOfPart:
      "--proof writes whole conversations as JSON Lines; it takes no other -o, and nothing that chooses among events"
    case .key(let path, let isNamed):
      "the key \(shown(path)) cannot be used; "
        + "\"chatserve key\(isNamed ? " --key-file" : "")\" says why"
    case .keyMissing(let path):
      "there is no key at \(shown(path))"
    case .unsealed:
      "the process with the key did not sign, so nothing more is sealed; try again"
    }
  }

  /// What is said of a first word that is no port but was meant for history.
  static func meantForHistory(_ word: String, _ meant: String) -> String {
    "there is no command \"\(shown(word))\"; did you mean \"\(meant)\"?"
  }

  private static func hint(_ meant: String?) -> String {
    meant.map { " (did you mean \($0)?)" } ?? ""
  }

  static func exit(for error: HistoryError) -> ProgramExit {
    switch error {
    case .verb, .time, .zone, .reference, .nameMissing, .notOfSeveral, .oneTranscript,
      .expression, .value, .unconfirmed, .noHome, .outputIsTranscript, .backupNotFile,
      .backupForeignLink,
      .backupHasLog, .proofOfPart:
      .usage
    case .unknownConversation, .conversationOpen, .backupDamaged: .nothing
    case .backupExists: .cannotCreate
    case .databaseMissing, .keyMissing: .missing
    case .transcript(let error): error.kind == .missing ? .missing : .inputOutput
    case .output, .key: .inputOutput
    case .unsealed: .temporaryFailure
    }
  }

  private static func text(of error: TranscriptError) -> String {
    let cause = TranscriptWords.cause(error)
    return error.kind == .corrupt ? "\(cause); \"chatserve history verify\" says more" : cause
  }

  static func shown(_ text: String) -> String { TextSanitizer.escapedOnOneLine(text) }

  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
