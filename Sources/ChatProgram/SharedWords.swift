import ChatCore
import ChatPosix

/// Sentences, and parts of them, that both programs say.
public enum SharedWords {
  /// What is wrong with `--handle`; `program` is who says it.
  public static func badHandle(_ error: HandleError, program: String) -> String {
    "\(program): --handle takes \(fault(of: error))."
  }

  /// What a name is, as far as one that is not one lacks it.
  public static func fault(of error: HandleError) -> String {
    switch error {
    case .empty: "a name of 1 to 10 characters, not an empty one"
    case .severalWords: "one word, without spaces"
    case .unprintable: "visible characters only"
    case .tooLong(let length): "a name of 1 to 10 characters; this one has \(length)"
    case .tooManyBytes(let count): "a name of at most 64 bytes; this one has \(count)"
    }
  }

  /// The original's question after a bad name.
  public static func askHandleAgain(_ error: HandleError) -> String {
    switch error {
    case .empty, .tooLong, .tooManyBytes:
      "User Name must be between [1-10] characters. Reenter a User Name: "
    case .severalWords:
      "User Name must be between [1-10] characters, in one word. Reenter a User Name: "
    case .unprintable:
      "User Name must be between [1-10] visible characters. Reenter a User Name: "
    }
  }

  /// A file of the user's own that cannot be written; `program` is who says it.
  public static func cannotKeep(
    _ error: PrivateFileError, in path: String, program: String?
  ) -> (String, ProgramExit) {
    let name = ShellWord(path)
    let file = (program.map { $0 + ": " } ?? "") + TextSanitizer.escapedOnOneLine(path)
    return switch error {
    case .notRegular: ("\(file) is no file to keep words in.", .cannotCreate)
    case .notOwn:
      ("\(file) is another user's, who could read what is kept there.", .noPermission)
    case .exposed:
      ("\(file) may be read or changed by other users; type: chmod 600 \(name)", .noPermission)
    case .exposedDirectory:
      (
        "\(file) is in a directory that other users may change; "
          + "type: chmod go-w \"$(dirname \"$(realpath \(name))\")\"", .noPermission
      )
    case .linked:
      (
        "\(file) has other names too (hard links), by which others may reach it; "
          + "type: cp -p \(name) \(name).new && mv \(name).new \(name)", .noPermission
      )
    case .inUse: ("\(file) is in use by another chatclient; name another.", .temporaryFailure)
    case .system(let error):
      (
        "\(file) cannot be written: \(error.errno).",
        error.errno == .permissionDenied ? .noPermission : .cannotCreate
      )
    }
  }

  /// Notices that a person could not read.
  public static func leftOut(_ count: Int) -> String {
    "\(count == 1 ? "1 notice" : "\(count) notices") could not be shown: there were too many."
  }

  /// A call that should not fail.
  public static func system(_ error: SystemCallError, program: String) -> String {
    "\(program): the system refused \(error.call): \(error.errno)."
  }

  /// To whoever waits, at a desk or over nc.
  public static func place(_ place: Int) -> String {
    "You are number \(place) in the queue. \\quit leaves it."
  }

  /// The original server's, to its operator and to peers.
  public static func invalid(_ error: MessageError) -> String {
    switch error {
    case .empty: "ERROR: Your message is less than 1 character long. Retype your message."
    case .tooLong: "ERROR: Your message is more than 500 characters long. Retype your message."
    }
  }

  /// Before the messages themselves.
  public static func notConfirmed(by name: String, _ count: Int) -> String {
    "\(name) did not confirm \(messages(count)) of yours; \(count == 1 ? "it" : "they") may be lost"
  }

  /// `1 message`, `3 messages`
  public static func messages(_ count: Int) -> String {
    count == 1 ? "1 message" : "\(count) messages"
  }

  /// `5 minutes`, `90 seconds`
  public static func duration(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    if seconds % 60 != 0 || seconds == 0 { return seconds == 1 ? "1 second" : "\(seconds) seconds" }
    return seconds == 60 ? "1 minute" : "\(seconds / 60) minutes"
  }

  /// `0:42`, `1:02:03`
  public static func stopwatch(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    func padded(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let minutes = seconds / 60
    if minutes < 60 { return "\(minutes):\(padded(seconds % 60))" }
    return "\(minutes / 60):\(padded(minutes % 60)):\(padded(seconds % 60))"
  }

  /// A handle as it may be shown, or the words for one that is not known.
  public static func name(_ handle: Handle?, unknown: String) -> String {
    handle.map { TextSanitizer.escapedOnOneLine($0.text) } ?? unknown
  }
}
