import ChatCore
import ChatPosix

/// Sentences, and parts of them, that both programs say.
public enum SharedWords {
  /// What is wrong with `--handle`; `program` is who says it.
  public static func badHandle(_ error: HandleError, program: String) -> String {
    switch error {
    case .empty: "\(program): --handle takes a name of 1 to 10 characters, not an empty one."
    case .severalWords: "\(program): --handle takes one word, without spaces."
    case .unprintable: "\(program): --handle takes visible characters only."
    case .tooLong(let length):
      "\(program): --handle takes a name of 1 to 10 characters; this one has \(length)."
    case .tooManyBytes(let count):
      "\(program): --handle takes a name of at most 64 bytes; this one has \(count)."
    }
  }

  /// The original's question after a name that is none.
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

  /// A call that should not fail.
  public static func system(_ error: SystemCallError, program: String) -> String {
    "\(program): the system refused \(error.call): \(error.errno)."
  }

  /// After a line that begins with a backslash and is no command.
  public static func unknownCommand(_ name: String) -> String {
    "\(TextSanitizer.escapedOnOneLine(name)) is no command and was not sent; \\help tells which "
      + "there are. A message that starts with a backslash is typed with two."
  }

  /// `1 message`, `3 messages`
  public static func messages(_ count: Int) -> String {
    count == 1 ? "1 message" : "\(count) messages"
  }

  /// `5 minutes`, `90 seconds`
  public static func duration(seconds: Int64) -> String {
    if seconds % 60 != 0 || seconds == 0 { return seconds == 1 ? "1 second" : "\(seconds) seconds" }
    return seconds == 60 ? "1 minute" : "\(seconds / 60) minutes"
  }

  /// A handle as it may be shown, or what stands for one that is not known.
  public static func name(_ handle: Handle?, unknown: String) -> String {
    handle.map { TextSanitizer.escapedOnOneLine($0.text) } ?? unknown
  }
}
