import ChatCore
import ChatPosix
package import ChatTerminal

/// What the person at either desk reads. The two programs differ where the
/// original's did, and in what only one of them can do.
package struct DeskWords {
  /// Whose desk it is.
  private let party: Party
  /// A server's name, which no client is shown by unmarked.
  private let own: Handle?
  /// Whether the terminal is one that was attached to a server without one.
  private let isAttached: Bool

  package init(for party: Party, called own: Handle? = nil, isAttached: Bool = false) {
    self.party = party
    self.own = own
    self.isAttached = isAttached
  }

  package func sentence(_ notice: DeskNotice) -> String {
    switch notice {
    case .askHandle: "Please enter a User Name:"
    case .askHandleAgain(let error): SharedWords.askHandleAgain(error)
    case .place(nil): "waiting for your turn …"
    case .place(let place?): SharedWords.place(place)
    case .waitingFor(let peer): "waiting for \(name(peer)) …"
    case .linkDown(let time): "link lost, trying again … \(time.components.seconds) s"
    case .underWay(let count): "\(SharedWords.messages(count)) on the way …"
    case .help(let nobodyIsHere): help(nobodyIsHere)
    case .who(let peer, let address, let dialect, let since):
      who(peer, address, dialect, since)
    case .noHistory(let peer): noHistory(with: peer)
    case .history(let peer, let count): history(with: peer, count)
    case .invalid(let error): invalid(error)
    case .unknownCommand(let line) where command(in: line) != nil:
      "\(command(in: line) ?? "") takes no argument; nothing was sent."
    case .unknownCommand(let name):
      "Unknown command \(TextSanitizer.escapedOnOneLine(name)); nothing was sent. "
        + "\\help lists the commands."
    case .obstacle(let obstacle, let peer): self.obstacle(obstacle, peer)
    case .turns(let peer, let hasAsked): turns(peer, hasAsked)
    case .slip(let line, let meant):
      "\(TextSanitizer.escapedOnOneLine(line)) was not sent. Commands begin with a backslash: "
        + "\(meant). To say it, type it again, or \(doubled(line))."
    case .silence(let peer, let limit, let left, let keysCount):
      silence(of: peer, limit, left, keysCount)
    case .mode(let news, let peer): mode(news, peer)
    case .waits(.outOfTurn, let peer):
      "It is \(name(peer))'s turn; your line is sent when yours comes."
    case .waits(.noFloor, _) where party == .client:
      "Your turn has not come yet; your line is sent when it does."
    case .waits(let obstacle, let peer): self.obstacle(obstacle, peer)
    case .unshown(let peer, hadFloor: true): "\(name(peer)) wrote this out of turn:"
    case .unshown(let peer, hadFloor: false):
      "\(name(peer)) wrote this and left before the conversation began:"
    case .unconfirmed(let peer, let count):
      SharedWords.notConfirmed(by: confirmer(peer), count) + ":"
    case .notConfirmedYet(let peer, let count):
      "\(name(peer)) has not confirmed \(SharedWords.messages(count)) of yours; "
        + "\(count == 1 ? "it is" : "they are") said again when \(name(peer)) comes back:"
    case .notSent(let text): "Not sent: \(text)"
    case .draftIsKept(let text, canBeEdited: true):
      "Not sent before; Up or \\draft brings it back: \(text)"
    case .draftIsKept(let text, canBeEdited: false):
      "Not sent before; \\draft shows it again: \(text)"
    case .leftOut(let count): SharedWords.leftOut(count)
    case .noDraft: "There is no line that was not sent."
    case .nobodyToTalkTo(canEdit: true):
      "Nobody is here to talk to yet. Up or \\draft brings the line back."
    case .nobodyToTalkTo(canEdit: false):
      "Nobody is here to talk to yet. \\draft shows the line again."
    }
  }

  /// A command that is followed by more.
  private func command(in line: String) -> String? {
    let word = line.prefix { !$0.isWhitespace }
    return Command.names(for: party).first { $0 == word }
  }

  private func doubled(_ line: String) -> String {
    TextSanitizer.escapedOnOneLine(line.prefix(1) + line)
  }

  private func turns(_ peer: Handle?, _ hasAsked: Bool) -> String {
    let turns = obstacle(.outOfTurn, peer) + " Each says one message, then the other does."
    if hasAsked { return turns }
    return turns + " "
      + (party == .client
        ? "\\free asks to speak at any time." : "\\free lets you both speak at any time.")
  }

  private func silence(
    of peer: Handle?, _ limit: Duration, _ left: Duration, _ keysCount: Bool
  ) -> String {
    let isLong = left < limit
    let past = SharedWords.duration(.seconds(limit.wholeSeconds - left.wholeSeconds))
    let left = SharedWords.duration(.seconds(left.wholeSeconds))
    return switch party {
    case .server: "\(name(peer)) has said nothing for \(past); in \(left) the conversation ends."
    case .client:
      isLong
        ? "You have said nothing for \(past); in \(left) the server ends the conversation. "
          + (keysCount ? "Any key counts." : "Any line counts, also \\who.")
        : "The server ends the conversation after \(left) of silence."
    }
  }

  private func mode(_ news: Conversation.ModeNews, _ peer: Handle?) -> String {
    switch news {
    case .asked: "\(name(peer)) would like to speak at any time; \\free allows it."
    case .asking: "\(name(peer)) is asked to let you both speak at any time."
    case .freed: "You can both speak at any time now."
    case .isFree: "You can both speak at any time already."
    case .turnsOnly: "\(name(peer))'s program knows turns only."
    }
  }

  private func help(_ nobodyIsHere: Bool) -> String {
    let quit: String
    let who: String
    let history: String
    let free: String
    var end = ""
    switch party {
    case .client:
      quit = "leaves; so does Ctrl-D on an empty line"
      who = "who is at the other end, and by which keys"
      history = "what was last said in this conversation"
      free = "asks to speak at any time, without turns"
    case .server where nobodyIsHere:
      free = "lets both speak at any time, once somebody is here"
      quit =
        isAttached
        ? "detaches the terminal; so do Ctrl-C and Ctrl-D"
        : "stops the server, after a question; Ctrl-C does without one"
      who = "who has connected, and who was here last"
      history = "what was last said with that person"
    case .server:
      quit = "ends the conversation; so does Ctrl-D on an empty line"
      who = "who is at the other end, by which key, and who waits"
      history = "what was last said with this person"
      free = "lets both speak at any time, without turns"
      end = " Ctrl-C on an empty line \(isAttached ? "detaches the terminal" : "stops the server")."
    }
    let draft = party == .server ? "\\draft    the line that was typed and not sent\n" : ""
    let detach = isAttached ? "\\detach   the terminal back; the server and the talk go on\n" : ""
    return """
      \\quit     \(quit)
      \\who      \(who)
      \\history  \(history)
      \\free     \(free)
      \\clear    an empty screen
      \(draft)\(detach)\\help     this
      A message that starts with a backslash is typed with two.\(end)
      """
  }

  private func who(
    _ peer: Handle, _ address: String, _ dialect: Dialect?, _ since: LocalTime?
  ) -> String {
    let time = since.map { " since \($0.timeText)" } ?? ""
    let receipts = dialect == .native ? "yes" : "no"
    return "You are talking with \(name(peer)) (\(TextSanitizer.escapedOnOneLine(address)))\(time)."
      + " Receipts: \(receipts)." + (party == .server ? " Program: \(program(dialect))." : "")
  }

  private func program(_ dialect: Dialect?) -> String {
    switch dialect {
    case .native: "chatclient"
    case .line: "nc, telnet or the like"
    case .original: "the original"
    case nil: "unknown"
    }
  }

  private func noHistory(with peer: Handle?) -> String {
    switch party {
    case .client: "Nothing was said yet; the server keeps what was said before."
    case .server where peer == nil: "Nobody was here in this run of the server."
    case .server: "Nothing was said with \(name(peer)) before."
    }
  }

  private func history(with peer: Handle?, _ count: Int) -> String {
    let messages = count == 1 ? "The last message" : "The last \(count) messages"
    return party == .client ? messages + ":" : "\(messages) with \(name(peer)):"
  }

  /// The original's, which the two programs word apart.
  private func invalid(_ error: MessageError) -> String {
    switch party {
    case .client: "Please enter a message between [1-500] characters."
    case .server: SharedWords.invalid(error)
    }
  }

  private func obstacle(_ obstacle: Conversation.Obstacle, _ peer: Handle?) -> String {
    switch obstacle {
    case .outOfTurn: "It is \(name(peer))'s turn; your line is kept."
    case .noFloor:
      party == .client
        ? "Your turn has not come yet; your line is kept."
        : "Nobody is here to talk to yet; your line is kept."
    case .notRecorded: "Your line could not be recorded and is kept."
    case .tooManyUnconfirmed:
      "\(confirmer(peer)) has yet to confirm what was sent before; your line is kept."
    case .tooManyBytes:
      "\(confirmer(peer)) reads at most \(Message.maximumOriginalByteCount) bytes at once; "
        + "your line is kept. Shorten it."
    case .denied: "\(confirmer(peer)) would not take your message."
    case .over:
      party == .client
        ? "The conversation is over; your line was not sent."
        : "The conversation is over; your line is kept for the next."
    }
  }

  private func name(_ peer: Handle?) -> String {
    guard let peer, let own else {
      return SharedWords.name(peer, unknown: party == .client ? "the server" : "the client")
    }
    return DisplayName.of(peer, party.other, besides: own)
  }

  /// Receipts are the server's, to its user: the program's, not the person's.
  private func confirmer(_ peer: Handle?) -> String {
    party == .client ? "The server" : name(peer)
  }
}
