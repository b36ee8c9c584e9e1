import ChatClient
import ChatCore
import ChatPosix
import ChatProgram
import ChatWire

/// Every sentence that chatclient says.
enum UserMessages {
  /// What a person reads at the other end who has no program to find words.
  static let peerPhrases = PeerPhrases(
    refusedHandle: { _ in "Please enter a User Name in one word of 1 to 10 characters." },
    refusal: { _ in "Your message was not taken." },
    place: { SharedWords.place($0) },
    floor: { _ in "" },
    held: "",
    goodbye: { _ in "Good Bye" })

  static func sentence(_ notice: ClientNotice, host: String, port: UInt16) -> String {
    let place = place(host, port)
    return switch notice {
    case .remembered(let key):
      "Encrypted. \(place) is new here; its key \(key) is remembered. "
        + "The operator can read it with: chatserve key"
    case .temporaryKey(let key):
      "Encrypted. \(place) has the key \(key) for this run alone; it is not remembered."
    case .notRemembered(let key, let obstacle):
      "Encrypted. \(place) is new here; its key \(key) is not remembered: \(why(obstacle))."
    case .notEncrypted: notEncrypted
    case .notEncryptedToday:
      notEncrypted + " \(place) is asked once a day; to ask it before: "
        + forget(host, port)
    case .unknownKey(let key, isTemporary: false):
      "\(place) is new here; its key is \(key). The operator can read it with: chatserve key"
    case .unknownKey(let key, isTemporary: true):
      "\(place) has the key \(key) for this run alone. Its operator reads it where "
        + "chatserve says that it listens."
    case .askToTrust: "Is that its key (yes, no, or the key)? "
    case .askToTrustAgain: "Please answer yes, no, or with the key: "
    case .trusted(isRemembered: true): "Encrypted. The key is remembered."
    case .trusted(isRemembered: false): "Encrypted."
    case .linkDown, .linkBack, .notThisLink, .saidLater, .linkIsDown, .renamed, .dialerDied,
      .startAgain, .goingOn, .takenOver:
      going(on: notice, at: place)
    case .keptForAnother(let handle, let left):
      "Your conversation as \(handle.text) is kept for \(about(left)). This goes on with it: "
        + "chatclient \(arguments(host, port)) --handle=\(ShellWord(handle.text))"
    case .livesElsewhere(let handle):
      "Your conversation as \(handle.text) goes on in another chatclient. This goes on with it "
        + "here: chatclient \(arguments(host, port)) --take-over"
    case .keptIsOver(let ending, let dialect, let beginsAnother):
      keptIsOver(ending, dialect) + (beginsAnother ? " Another begins." : "")
    case .keysAreForgotten, .notKnown, .keptIsNotKnown, .leftIsNotKnown, .leftUnheard,
      .formerEnded, .formerNotEnded, .notConfirmedBefore, .keptIsDamaged, .keptIsUnusable,
      .leavingNotKept, .notKept, .keepingFailed, .keepingWorks:
      keeping(notice, at: place)
    case .connecting: "Connecting to \(place). Ctrl-C ends it."
    case .link(nil): "Not encrypted."
    case .link((let server, let own)?):
      "Encrypted. Its key: \(server). Yours for it: \(own.map { "\($0)" } ?? "none")."
    case .handleDenied(let why): "The server did not take that name: \(why)"
    case .denied(let why): "The server did not take your message: \(why)"
    case .noticed(let text): "It said: \(text)"
    case .savingFailed(let error):
      "What is said is not saved (\(error.errno)). It is kept until there is room, or you leave."
    case .savingWorks: "What is said is saved again."
    case .unsaved(let count):
      "\(count == 1 ? "1 event" : "\(count) events") of this conversation could not be saved."
    case .floor(let peer): "\(SharedWords.name(peer, unknown: "the server")) is here now."
    case .attended(false):
      "Nobody is at the server's terminal just now; you may leave a message."
    case .attended(true): "Somebody is at the server's terminal now."
    case .ended(let ending, let dialect): ended(ending, dialect)
    }
  }

  private static let notEncrypted = "Not encrypted: nc, telnet and older programs cannot."

  /// One that was kept, of which it is known only now.
  private static func keptIsOver(_ ending: Conversation.Ending, _ dialect: Dialect?) -> String {
    switch (ending.by, ending.reason) {
    case (.server?, .quit), (.server?, .sigint):
      "The server ended the conversation while you were away."
    default: ended(ending, dialect)
    }
  }

  private static func ended(_ ending: Conversation.Ending, _ dialect: Dialect?) -> String {
    switch (ending.by, ending.reason) {
    case (.client?, .timeout):
      "You have been disconnected after \(idleTime(ending.detail)) of inactivity. Good Bye"
    case (.server?, .timeout):
      "Nobody came to the server's terminal in time. Good Bye"
    case (.client?, .quit), (.client?, .sigint), (.client?, .eof):
      "You have requested to close this connection. Good Bye"
    case (.server?, .quit), (.server?, .sigint):
      "Server requested to close connection. Good Bye"
    case (.server?, .full):
      ending.detail.map { "The server refused: \(PeerText($0))" }
        ?? "The queue is full. Please try again later."
    case (.server?, .blocked):
      "The operator of the server has taken your key off those that are allowed. Good Bye"
    // Who listens with nc leaves by closing.
    case (.server?, .eof) where dialect == .line:
      "Server requested to close connection. Good Bye"
    case (.server?, .eof): "The connection was lost. The server closed it without a goodbye."
    case (_, .reset) where lost(ending.detail) != nil: lost(ending.detail) ?? ""
    case (.server?, .error):
      "The connection was lost. "
        + (ending.detail.map { "What came from the server could not be understood: \($0)." }
          ?? "The server broke it off.")
    case (.server?, .unresponsive): "The connection was lost. The server does not read."
    default:
      "The connection was lost. "
        + (ending.detail.map { "\(TextSanitizer.escapedOnOneLine($0))." } ?? "")
    }
  }

  /// `detail` is the silence in seconds, as this side counted it.
  private static func idleTime(_ detail: String?) -> String {
    guard let seconds = detail.flatMap({ Int64($0) }) else { return "a long time" }
    return SharedWords.duration(.seconds(seconds))
  }
}
