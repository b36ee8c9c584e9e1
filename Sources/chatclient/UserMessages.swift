import ChatClient
import ChatCore
import ChatLink
import ChatProgram

/// Every sentence that chatclient says.
enum UserMessages {
  /// What a person reads at the other end who has no program to find words.
  static let peerPhrases = PeerPhrases(
    refusedHandle: { _ in "Please enter a User Name in one word of 1 to 10 characters." },
    refusal: { _ in "Your message was not taken." },
    place: { "Number \($0) in line." },
    goodbye: { _ in "Good Bye" })

  static func sentence(_ notice: ClientNotice) -> String {
    switch notice {
    case .askHandle: "Please enter a User Name:"
    case .askHandleAgain(let error): SharedWords.askHandleAgain(error)
    case .handleDenied(let why): TextSanitizer.escapedOnOneLine(why)
    case .place(nil): "waiting for your turn …"
    case .place(let place?):
      "You are number \(place) in line; the conversation begins when your turn comes."
    case .floor(let peer, _): "\(name(peer)) is here now."
    case .waitingFor(let peer): "waiting for \(name(peer)) …"
    case .underWay(let count): "\(messages(count)) on the way …"
    case .help: help
    case .who(let peer, let address, let dialect, let since):
      who(peer, address, dialect, since)
    case .noHistory: "Nothing was said yet; the server keeps what was said before."
    case .history(let count):
      count == 1 ? "The last message:" : "The last \(count) messages:"
    case .invalid: "Please enter a message between [1-500] characters."
    case .unknownCommand(let name): SharedWords.unknownCommand(name)
    case .obstacle(let obstacle, let peer): self.obstacle(obstacle, peer)
    case .denied(let why):
      "The server did not take your message: \(TextSanitizer.escapedOnOneLine(why))"
    case .unshown(let count):
      "\(messages(count)) came out of turn and \(count == 1 ? "was" : "were") not shown:"
    case .unconfirmed(let count):
      "The server did not confirm \(messages(count)) of yours; "
        + "\(count == 1 ? "it" : "they") may be lost:"
    case .ended(let ending, let dialect): ended(ending, dialect)
    }
  }

  private static func obstacle(_ obstacle: Conversation.Obstacle, _ peer: Handle?) -> String {
    switch obstacle {
    case .outOfTurn: "It is \(name(peer))'s turn; your line is kept."
    case .noFloor: "Your turn has not come yet; your line is kept."
    case .notRecorded: "Your line could not be recorded and is kept."
    case .tooManyUnconfirmed: "The server has yet to confirm what you sent; your line is kept."
    case .denied: "The server would not take your message."
    case .over: "The conversation is over; your line was not sent."
    }
  }

  private static func ended(_ ending: Conversation.Ending, _ dialect: Dialect?) -> String {
    switch (ending.by, ending.reason) {
    case (.client?, .timeout):
      "You have been disconnected after \(idleTime(ending.detail)) of inactivity. Good Bye"
    case (.client?, .quit), (.client?, .sigint), (.client?, .eof):
      "You have requested to close this connection. Good Bye"
    case (.server?, .quit), (.server?, .sigint):
      "Server requested to close connection. Good Bye"
    case (.server?, .full):
      ending.detail.map(TextSanitizer.escapedOnOneLine)
        ?? "The line is full. Please try again later."
    // A server without receipts leaves by closing.
    case (.server?, .eof) where dialect != nil && dialect != .native:
      "Server requested to close connection. Good Bye"
    case (.server?, .eof): "The connection was lost. The server closed it without a goodbye."
    case (.server?, .error):
      "The connection was lost. What came from the server could not be understood"
        + (ending.detail.map { ": \($0)." } ?? ", or what went there.")
    case (.server?, .unresponsive): "The connection was lost. The server does not read."
    default:
      "The connection was lost. "
        + (ending.detail.map { "\(TextSanitizer.escapedOnOneLine($0))." } ?? "")
    }
  }

  /// `detail` is the silence in seconds, as this side counted it.
  private static func idleTime(_ detail: String?) -> String {
    guard let seconds = detail.flatMap({ Int64($0) }) else { return "a long time" }
    return SharedWords.duration(seconds: seconds)
  }

  private static func name(_ handle: Handle?) -> String {
    SharedWords.name(handle, unknown: "the server")
  }

  private static func messages(_ count: Int) -> String { SharedWords.messages(count) }
}
