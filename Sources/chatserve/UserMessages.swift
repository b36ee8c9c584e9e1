import ChatCore
import ChatLink
import ChatPosix
import ChatProgram
import ChatServer
import Transcript

/// Every sentence that chatserve says, to the operator and to peers.
enum UserMessages {
  static let askPort = "Please enter a port number: "
  static let noPort = """
    ERROR: No port specified. Type: chatserve <port number>, \
    port must be in the range [1024-65535]
    """
  static let badPort = "ERROR: Port number must be in the range [1024-65535]"
  static let noDatabasePath = """
    chatserve: there is no home directory to keep the transcript in; name a file with --database.
    """

  static let logNowhereAndSomewhere =
    "chatserve: --no-log and --database contradict each other; give one of the two."

  private static let waiting = "Waiting for new connection..."

  static func sentence(_ notice: ServerNotice) -> String {
    switch notice {
    case .listening(let port, let addresses, let database):
      "Listening on port \(port) at \(addresses.joined(separator: ", ")). "
        + "\(place(ofTranscript: database)) Ctrl-C stops."
    case .uncontained(let layers, let isKept): uncontained(layers, isKept)
    case .opened: "Connection with client opened."
    case .ended(let ending, let dialect, let idleLimit): ended(ending, dialect, idleLimit)
    case .broken(let reason, let detail): broken(reason, detail)
    case .unshown(let handle, let hadFloor, let count, let isKept):
      "\(messages(count)) from \(name(handle))"
        + (hadFloor
          ? " came out of turn and \(count == 1 ? "was" : "were") not shown"
          : ", who left before the conversation began")
        + (isKept ? "; the transcript has \(count == 1 ? "it" : "them"):" : ":")
    case .unheard(let address, let count, let isKept):
      "\(address) left before the conversation began; \(messages(count)) of it "
        + "\(count == 1 ? "was" : "were") not shown"
        + (isKept ? "; the transcript has \(count == 1 ? "it" : "them")." : ".")
    case .unconfirmed(let handle, let count):
      "\(name(handle)) did not confirm \(messages(count)) of yours:"
    case .closeUnrecorded:
      "The end of this conversation could not be recorded; it is tried again in the background."
    case .invalid(.empty):
      "ERROR: Your message is less than 1 character long. Retype your message."
    case .invalid(.tooLong):
      "ERROR: Your message is more than 500 characters long. Retype your message."
    case .unknownCommand(let name): SharedWords.unknownCommand(name)
    case .obstacle(let obstacle, let peer): self.obstacle(obstacle, peer)
    case .waitingFor(let handle): "waiting for \(name(handle)) …"
    case .underWay(let count): "\(messages(count)) on the way …"
    case .help: help
    case .who(let peer, let address, let dialect, let since):
      who(peer, address, dialect, since)
    case .waits(let names):
      names.isEmpty ? "Nobody waits." : "Waiting in line: \(names.joined(separator: ", "))."
    case .joined(let name, let count):
      "\(name) waits in line" + (count == 1 ? "." : ", \(count) in all.")
    case .noHistory(let peer): "Nothing was said with \(name(peer)) before."
    case .history(let peer, let count):
      count == 1
        ? "The last message with \(name(peer)):" : "The last \(count) messages with \(name(peer)):"
    case .recordingFailed(let error):
      "Nothing is sent or shown while it cannot be recorded: \(cause(error))."
    case .recordingWorks: "Recording works again."
    case .crashed(let address, let signal):
      "The conversation with \(address) crashed (signal \(signal)). \(waiting)\n"
    case .died(let address, let status):
      "The conversation with \(address) broke off (exit status \(status)). \(waiting)\n"
    case .lineIsFull(let count):
      count == 0
        ? "Somebody is talking here, and nobody may wait in line. Please try again later."
        : "The line is full: \(count == 1 ? "1 person waits" : "\(count) people wait") already. "
          + "Please try again later."
    case .turnedAway(let count):
      "Turned \(count == 1 ? "a newcomer" : "\(count) newcomers") away: the line is full."
    case .acceptFailed(let errno):
      "A connection could not be accepted (\(errno)); trying again."
    case .forkFailed(let errno):
      "A connection could not be served (\(errno)); trying again with the next."
    case .outputStalled(let isKept):
      "The last lines could not be shown: standard output is stuck. "
        + (isKept ? "The transcript has them." : "They are not kept (--no-log).")
    case .inputEnded(let isKept):
      "Standard input has ended: \(isKept ? "listening and recording" : "listening") only."
    }
  }

  private static func place(ofTranscript path: String?) -> String {
    path.map { "Transcript: \(TextSanitizer.escapedOnOneLine($0))." }
      ?? "Nothing that is said is kept (--no-log)."
  }

  private static func ended(
    _ ending: Conversation.Ending, _ dialect: Dialect?, _ idleLimit: Duration?
  ) -> String {
    switch (ending.by, ending.reason) {
    case (.server?, .sigint): "Server requested to close connection."
    case (.server?, .quit), (.server?, .eof): "Server requested to close connection. \(waiting)"
    case (_, .timeout):
      "Client timed out after \(SharedWords.duration(seconds: (idleLimit ?? .zero).components.seconds)) of inactivity. \(waiting)"
    // chatclient never leaves without a word, so its end of file is none.
    case (.client?, .eof) where dialect == .native:
      "Connection with client was lost. \(waiting)"
    case (.client?, .quit), (.client?, .eof), (.client?, .sigint):
      "Client requested to close connection. \(waiting)"
    default: "Connection with client was lost. \(waiting)"
    }
  }

  private static func broken(_ reason: CloseReason, _ detail: String?) -> String {
    let detail = detail.map { ": \(TextSanitizer.escapedOnOneLine($0))" } ?? ""
    return switch reason {
    case .unresponsive: "The client did not read what was sent to it."
    case .error: "The client broke the protocol\(detail)."
    default: "The connection failed\(detail)."
    }
  }

  private static func obstacle(_ obstacle: Conversation.Obstacle, _ peer: Handle?) -> String {
    switch obstacle {
    case .outOfTurn: "It is \(name(peer))'s turn; your line is kept."
    case .noFloor: "Nobody is here to talk to yet; your line is kept."
    case .notRecorded: "Your line could not be recorded and is kept."
    case .tooManyUnconfirmed:
      "\(name(peer)) has yet to confirm what was sent before; your line is kept."
    case .denied: "\(name(peer)) would not take your message."
    case .over: "The conversation is over; your line is kept for the next."
    }
  }

  /// What is wrong with the transcript, as the end of a sentence.
  static func cause(_ error: TranscriptError) -> String {
    let path = TextSanitizer.escapedOnOneLine(error.path)
    return switch error.kind {
    case .full: "the disk with \(path) is full"
    case .readOnly: "\(path) is read-only"
    case .locked: "\(path) is locked by another program"
    case .corrupt: "\(path) is damaged"
    case .notADatabase: "\(path) is not a database"
    case .foreign: "\(path) belongs to another program"
    case .newer(let found, let known):
      "\(path) was written by a later version of chatserve (format \(found), known is \(known))"
    case .older(let found, let known): "\(path) has format \(found) and \(known) is needed"
    case .notPermitted: "\(path) may not be written by this user"
    case .cannotOpen(let errno): "\(path) cannot be opened (\(Errno(rawValue: errno)))"
    case .cannotCreate(let errno): "\(path) cannot be created (\(Errno(rawValue: errno)))"
    case .missing: "\(path) does not exist"
    case .notAFile: "\(path) is not a plain file"
    case .noWriteAheadLog: "the file system with \(path) has no shared memory for SQLite's log"
    case .inputOutput(let code): "reading or writing \(path) failed (SQLite \(code))"
    case .deleted: "\(path) was deleted"
    case .replaced: "another file took the place of \(path)"
    case .constraint(let code): "\(path) refused an entry (SQLite \(code))"
    case .other(let code): "\(path) cannot be used (SQLite \(code))"
    }
  }

  private static func name(_ handle: Handle?) -> String {
    SharedWords.name(handle, unknown: "the client")
  }

  private static func messages(_ count: Int) -> String { SharedWords.messages(count) }
}
