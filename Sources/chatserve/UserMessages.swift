import ChatCore
import ChatPosix
import ChatProgram
import ChatSecure
import ChatServer
import ChatTerminal
import ChatWire
import History
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

  static let noKeyPath = """
    chatserve: there is no home directory to keep the key in; name a file with --key-file.
    """

  static let noAllowPath = """
    chatserve: there is no home directory to keep the allow-list in; name a file with --allow.
    """

  static func noKeyYet(_ file: KeyFile) -> String {
    "chatserve: there is no key at \(TextSanitizer.escapedOnOneLine(file.path.string)) yet; "
      + "chatserve makes it when it first runs, and now: \(command("key --new", file))"
  }

  static func cannotWrite(_ error: SystemCallError) -> String {
    "chatserve: cannot write the output: \(error.errno)"
  }

  static func newKey(_ old: FilePath?) -> String {
    let kept = old.map { " The old one is \(TextSanitizer.escapedOnOneLine($0.string))." } ?? ""
    return "Another key was made.\(kept) A server that runs goes on with the one that it began "
      + "with, for as long as it can: start it again. Clients that know the old one talk to no "
      + "other until: chatclient --forget HOST PORT"
  }

  /// `nil`: one of the two keys did not sign.
  static func changeNotSealed(_ error: TranscriptError?) -> String {
    let cause = error.map { ": \(TranscriptWords.cause($0))" } ?? ""
    return "chatserve: the old key could not vouch for the new one in the transcript\(cause). "
      + "\"chatserve history verify\" takes both with --key."
  }

  static func noFingerprint(_ text: String) -> String {
    "chatserve: \(TextSanitizer.escapedOnOneLine(text)) is not a fingerprint: SHA256: and 43 "
      + "characters."
  }

  static func badName(_ error: HandleError) -> String {
    "chatserve: NAME takes \(SharedWords.fault(of: error))."
  }

  static func isAllowed(_ key: Fingerprint, _ name: Handle, _ file: AllowFile) -> String {
    "\(TextSanitizer.escapedOnOneLine(file.path.string)) lets in \(key) as "
      + "\(TextSanitizer.escapedOnOneLine(name.text))."
  }

  static func isBlocked(_ key: Fingerprint, _ file: AllowFile) -> String {
    "\(TextSanitizer.escapedOnOneLine(file.path.string)) does not let in \(key) any more."
  }

  static func notInList(_ key: Fingerprint, _ file: AllowFile) -> String {
    "chatserve: \(key) is not in \(TextSanitizer.escapedOnOneLine(file.path.string))."
  }

  static let logNowhereAndSomewhere =
    "chatserve: --no-log and --database contradict each other; give one of the two."

  static let waiting = "Waiting for new connection..."

  /// - Parameters:
  ///   - notice: what there is to say.
  ///   - own: the operator's name, with which no other is confused.
  ///   - file: the allow-list that this server reads.
  /// - Returns: the sentence.
  static func sentence(_ notice: ServerNotice, beside own: Handle, _ file: AllowFile?) -> String {
    switch notice {
    case .listening(let port, let addresses, let database, let key, let allowFile):
      "Listening on port \(port) at \(addresses.joined(separator: ", ")). "
        + (key.map { "Key \($0); \(whoCanTalk(allowFile)) can talk. " } ?? "")
        + "\(place(ofTranscript: database)) Ctrl-C stops."
    case .encryptionOnly: encryptionOnly
    case .notAllowed: "This server lets in only those whose keys its operator has allowed."
    case .stranger(let address, let key):
      "\(address) has the key \(key), which is not allowed. To let it in: "
        + allow("\(key) NAME", file)
    case .blocked(let name):
      "\(DisplayName.of(name, .client, besides: own)) is not allowed any more."
    case .damagedLines(let lines): damagedLines(lines)
    case .allowFileTrouble(let trouble, let file):
      "Who was allowed before still is: \(cause(trouble, file)).\(remedy(trouble, file))"
    case .nobodySigns:
      "The server cannot prove who it is just now. Please try again in a moment."
    case .signerDied:
      "The process that signs with the server's key died; another is started. Until it is there, "
        + "nobody new is let in."
    case .keyLost(let trouble, let file):
      "Nobody new is let in: \(cause(trouble, file)). It is tried again every second."
        + remedy(trouble, file)
    case .keyReplaced(let key):
      "The key of this run was kept nowhere and went with the process that signs. Now it is \(key)."
    case .uncontained(let layers, let isKept): uncontained(layers, isKept)
    case .news(let news): sentence(news, beside: own)
    case .commandFailed(let outcome): sentence(outcome)
    case .opened: "Connection with client opened."
    case .notEncrypted: "Not encrypted: nc, telnet and older programs cannot."
    case .protection(let protection):
      protection.isEncrypted
        ? "Encrypted. " + (protection.key.map { "Key: \($0)." } ?? "It showed no key.")
        : "Not encrypted."
    case .otherKey(let handle, let day, let isNone):
      otherKey(DisplayName.of(handle, .client, besides: own), day, isNone)
    case .keysUnread(let error):
      "What keys this name had before cannot be read: \(TranscriptWords.cause(error))."
    case .ended(let ending, let dialect, let idleLimit): ended(ending, dialect, idleLimit)
    case .broken(let reason, let detail): broken(reason, detail)
    case .unread(let address, let count, let isKept):
      "\(address) left before the conversation began; \(count) unread "
        + (count == 1 ? "message of it is " : "messages of it are ")
        + (isKept ? "in the transcript." : "lost (--no-log).")
    case .closeUnrecorded:
      "The end of this conversation could not be recorded; retrying in the background."
    case .misnamed(""): "The client gave no name, and is called guest."
    case .misnamed(let given):
      "The client calls itself \(TextSanitizer.escapedOnOneLine(given)), which is no name of one "
        + "word and 10 characters; it is shortened."
    case .waits, .joined, .joinedToo: queue(notice)
    case .recordingFailed(let error):
      "Nothing is sent or shown while it cannot be recorded: \(TranscriptWords.cause(error))."
    case .recordingWorks: "Recording works again."
    case .transcriptLost(let error):
      "A new transcript has been begun: \(TranscriptWords.cause(error)), and what was said until now is not in it."
    case .crashed(let address, let signal, let hadFloor):
      "The conversation with \(address) crashed (signal \(signal))." + next(hadFloor)
    case .died(let address, let status, let hadFloor):
      "The conversation with \(address) broke off (exit status \(status))." + next(hadFloor)
    case .misbehaved(let address, let fault, let hadFloor):
      "The conversation with \(address) was ended: its process \(misdeed(fault)) and is not "
        + "trusted any more." + next(hadFloor)
    case .brokeOff, .keepsFloor, .waitsNoLonger, .stayedAway, .unconfirmed, .linkDown,
      .linkIsDown, .linkBack, .linkOften, .linkSettled, .leftForRestart:
      resuming(notice, beside: own)
    case .waitsForKernel(let address):
      "The conversation with \(address) gives no answer: it waits for the disk."
    case .keeperWaitsForKernel:
      "The process that keeps the transcript gives no answer: it waits for the disk."
    case .keeperSilent:
      "The process that keeps the transcript gave no answer for 10 s and is replaced."
    case .keeperKeptLock:
      "The process that keeps the transcript kept it locked for 10 s and is replaced."
    case .lockKept(let process, let name):
      "The transcript is kept locked by another program"
        + (process.map { " (\(name.map(TextSanitizer.escapedOnOneLine) ?? "process") \($0))." }
          ?? ", which the system does not name.")
    case .keeperMisbehaved:
      "The process that keeps the transcript sent an answer to no question and is replaced."
    case .sealMissing(let seal, let database, let file):
      "Warning: seal \(seal) is not in the transcript: an older copy was put in its place, or seals "
        + "were taken out. \"chatserve history verify\" says so until that is accepted: "
        + accepting(database, file)
    case .sealNotKept(let trouble, let path): sealNotKept(trouble, at: path)
    case .leftOut(let count): SharedWords.leftOut(count)
    case .queueIsFull(let count):
      count == 0
        ? "Somebody is talking here, and nobody may wait in the queue. Please try again later."
        : "The queue is full: \(count == 1 ? "1 person waits" : "\(count) people wait") already. "
          + "Please try again later."
    case .refused(let refusal): "\(refused(refusal)) Please try again later."
    case .turnedAway(let counts): turnedAway(counts)
    case .acceptFailed(let errno):
      "A connection could not be accepted (\(errno)); trying again."
    case .forkFailed(let errno):
      "A connection could not be served (\(errno)); trying again with the next."
    case .outputStalled(let isKept):
      "The last lines could not be shown: standard output is stuck. "
        + (isKept ? "The transcript has them." : "They are not kept (--no-log).")
    case .outputFailed(let errno, let isKept):
      "What is said cannot be shown: standard output fails (\(errno)). "
        + (isKept ? "Serving and recording go on." : "Serving goes on.")
    case .nobodyIsHere(let presence, let last): nobodyIsHere(presence, last, beside: own)
    case .notAttachable(let fault): notAttachable(fault)
    case .attached(let port):
      "This terminal is the server's at port \(port) now; \\detach gives it back, and the server "
        + "goes on."
    case .ownTerminal:
      "This is the server's own terminal. One that was started with --detached has none, and "
        + "takes another with: chatserve attach PORT"
    case .stopQuestion: "Stop the server (y/n)? \\quit once more stops it too."
    case .deskDied(let status, let fault):
      "The process of the prompt "
        + (fault.map(misdeed) ?? "ended (\(status))") + "; another is started."
    case .inputEnded(let isKept):
      "Standard input has ended: \(isKept ? "listening and recording" : "listening") only."
    }
  }

  private static func otherKey(_ name: String, _ day: String, _ isNone: Bool) -> String {
    isNone
      ? "\(name) has no key; the \(name) of \(day) had one."
      : "\(name) shows a key that nobody of this name has shown here; the \(name) of \(day) had "
        + "another. One person has a key for each address that the server is reached by."
  }

  private static func allow(_ words: String, _ file: AllowFile?) -> String {
    file.map { command("allow \(words)", $0) } ?? "chatserve allow \(words)"
  }

  /// To one that is turned away.
  private static func refused(_ refusal: Admission.Refusal) -> String {
    switch refusal {
    case .queueIsFull: "The queue is full."
    case .tooMany: "Too many people are connecting just now."
    case .tooManyOfSource: "Too many connections come from your address."
    case .tooOften: "Your address connects too often."
    case .penalty:
      "Your address is refused for a while: what came from it said nothing, or broke the protocol."
    case .notAllowed: "Your key is not allowed here."
    }
  }

  private static func turnedAway(_ counts: [Admission.Refusal: Int]) -> String {
    let total = counts.values.reduce(0, +)
    let causes = Admission.Refusal.allCases.compactMap { refusal -> String? in
      guard let count = counts[refusal] else { return nil }
      let cause =
        switch refusal {
        case .queueIsFull: "the queue is full"
        case .tooMany: "too many were connecting"
        case .tooManyOfSource: "too many came from one address"
        case .tooOften: "their address connects too often"
        case .penalty: "their address is refused for a while"
        case .notAllowed: "their keys are not allowed"
        }
      return counts.count == 1 ? cause : "\(cause) (\(count))"
    }
    return "Turned \(total == 1 ? "a newcomer" : "\(total) newcomers") away: "
      + causes.joined(separator: ", ") + "."
  }

  /// With the floor went the conversation, and an empty line as ever.
  private static func next(_ hadFloor: Bool) -> String { hadFloor ? " \(waiting)\n" : "" }

  static func misdeed(_ fault: ReportFault) -> String {
    switch fault {
    case .unreadable: "sent the server what it cannot read"
    case .tooLong: "sent the server too long a report"
    case .misplaced: "sent the server a report out of place"
    case .tooMany: "sent the server too many reports"
    case .draftTooLong: "sent the server too long a draft"
    case .unreachable: "took no orders"
    case .silent: "gave no answer for 10 s"
    case .overdue: "did not leave"
    case .keptLock: "kept the transcript locked for 10 s"
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
    case (.server?, .crashed):
      "The conversation ends here: the server's listening process died. Start chatserve again."
    case (.server?, .sigint), (.server?, .restart): "Server requested to close connection."
    case (.server?, .quit), (.server?, .eof), (.server?, .blocked):
      "Server requested to close connection. \(waiting)"
    case (_, .othersWaited): "Client did not come back, and others have waited. \(waiting)"
    case (_, .timeout):
      "Client timed out after \(SharedWords.duration(idleLimit ?? .zero)) of inactivity. \(waiting)"
    // chatclient never leaves without a word, so its end of file is not a
    // goodbye.
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

  private static func whoCanTalk(_ file: AllowFile?) -> String {
    file.map { "only those in \(TextSanitizer.escapedOnOneLine($0.path.string))" }
      ?? "anyone who reaches this port"
  }

  private static func damagedLines(_ lines: [Int]) -> String {
    let shown = lines.prefix(5).map { "\($0)" }.joined(separator: ", ")
    return lines.count == 1
      ? "Line \(shown) of the allow-list is not a key and a name, and lets nobody in."
      : "Lines \(shown)\(lines.count > 5 ? " and others" : "") of the allow-list are not a key and a "
        + "name, and let nobody in."
  }

  /// To a person with nc, so in words that say what to type.
  static let encryptionOnly =
    "This server talks with encryption alone: chatclient has it, and so have "
    + "openssl s_client -quiet -connect HOST:PORT and ncat --ssl HOST PORT."

  private static func messages(_ count: Int) -> String { SharedWords.messages(count) }
}

/// What this system cannot keep from the processes that read what peers wrote.
extension UserMessages {
  static func uncontained(_ layers: [Containment.Layer], _ isKept: Bool) -> String {
    let lacks = layers.map {
      switch $0 {
      case .powers: "take this user's powers from conversations"
      case .resources: "limit the memory of conversations"
      case .files:
        "keep conversations from "
          + (isKept ? "other files than the transcript" : "this user's files") + " (no Landlock)"
      case .calls: "keep conversations from other programs and the network (no seccomp)"
      }
    }
    return "Warning: this kernel cannot \(lacks.joined(separator: ", nor "))."
  }
}

/// What peers read who have no program to find words: over nc or telnet.
extension UserMessages {
  static let peerPhrases = PeerPhrases(
    refusedHandle: { SharedWords.askHandleAgain($0) }, refusal: { refusal($0) },
    place: { SharedWords.place($0) },
    floor: { mode in
      "The conversation begins" + (mode == .turns ? "; you speak first, then by turns." : ".")
    },
    held: "It is not your turn; your line is kept and shown when it comes.",
    goodbye: { goodbye($0) }, freed: "You may both write at any time now.",
    silence: { silence($0, $1) },
    attended: {
      $0
        ? "Somebody is at the server's terminal now."
        : "Nobody is at the server's terminal just now; you may leave a message."
    })

  private static func silence(_ limit: Duration, _ left: Duration) -> String {
    let past = SharedWords.duration(.seconds(limit.wholeSeconds - left.wholeSeconds))
    let left = SharedWords.duration(.seconds(left.wholeSeconds))
    return limit.wholeSeconds > 60
      ? "You have said nothing for \(past); in \(left) the server ends the conversation."
      : "The server ends the conversation after \(left) of silence."
  }

  private static func refusal(_ refusal: Conversation.Refusal) -> String {
    switch refusal {
    case .invalid(let error): SharedWords.invalid(error)
    case .unknownConversation: "That conversation is not known here."
    case .conversationElsewhere(let port):
      "That conversation is kept by the server at port \(port) of this machine."
    case .unanswered(let count):
      "\(count == 1 ? "1 refusal was" : "\(count) refusals were") not sent: too many."
    case .tooMuchHeld:
      "ERROR: Too many messages wait for their turn. Wait for an answer, then retype your message."
    }
  }

  private static func goodbye(_ reason: QuitReason) -> String {
    switch reason {
    case .user, .stopped: "Server requested to close connection. Good Bye"
    case .idle: "You have been disconnected after a long inactivity. Good Bye"
    case .full: "The queue is full. Please try again later."
    case .error: "The conversation broke off: the server, or what you sent, is at fault. Good Bye"
    case .blocked: "The operator has taken your key off those that are allowed. Good Bye"
    case .lost, .moved, .expired, .othersWaited: "That conversation is over. Good Bye"
    }
  }
}
