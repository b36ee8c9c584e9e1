import ChatClient
import ChatCore
import ChatPosix
import ChatProgram
import ChatTerminal

/// What is said about a conversation that outlasts its link, and its program.
extension UserMessages {
  /// The sentences of what can happen to one.
  static func going(on notice: ClientNotice, at place: String) -> String {
    switch notice {
    case .linkDown: "The link is lost. Trying again; \\quit leaves."
    case .linkBack(let time): "The link is back after \(SharedWords.stopwatch(time))."
    case .notThisLink(let obstacle): notThisLink(obstacle, place)
    case .saidLater: "The link is down; what you enter is said once it is back."
    case .linkIsDown(let time):
      "The link has been down for \(SharedWords.stopwatch(time)); another is tried."
    case .renamed(let former, let name): "\(shown(former)) calls itself \(shown(name)) now."
    case .dialerDied(isKept: true):
      "The process that connects has died: should the link be lost, start chatclient again, "
        + "and the conversation goes on."
    case .dialerDied(isKept: false):
      "The process that connects has died: the conversation cannot go on once its link is lost."
    case .startAgain:
      "The link is lost, and the process that connects has died. Start chatclient again, and "
        + "the conversation goes on."
    case .goingOn(let time): "You were cut off \(about(time)) ago; going on."
    case .takenOver: "Going on in the place of another chatclient."
    default: ""
    }
  }

  /// The sentences about one that is kept, or not.
  static func keeping(_ notice: ClientNotice, at place: String) -> String {
    switch notice {
    case .keysAreForgotten(let handle, wasClear: false):
      "Your conversation as \(handle.text) cannot be gone on with: the keys that it was encrypted "
        + "with were forgotten."
    case .keysAreForgotten(let handle, wasClear: true):
      "Your conversation as \(handle.text) cannot be gone on with: it was not encrypted, and "
        + "\(place) is known by a key since."
    case .notKnown(let why, let left):
      "What answers at \(place) does not have this conversation, which is kept for "
        + "\(about(left)). Trying again. It said: \(why)"
    case .keptIsNotKnown(let why, let left):
      "What answers at \(place) does not have the conversation that was cut off. It is kept for "
        + "\(about(left)), and the next start tries again; this is another. It said: \(why)"
    case .leftIsNotKnown(let why):
      "What answers at \(place) does not have the conversation that you left before; the next "
        + "start tries again to end it. It said: \(why)"
    case .leftUnheard(let isDown):
      (isDown
        ? "The link is down, so the server does not know yet that you left"
        : "The server did not confirm that you left")
        + "; the next start of chatclient tells it."
    case .formerEnded: "The server knows now that you left the conversation before."
    case .formerNotEnded:
      "The server could not be told that you left the conversation before; the next start tries "
        + "again."
    case .notConfirmedBefore(let time, let count):
      "\(place) did not confirm \(SharedWords.messages(count)) of \(time.dayText) "
        + "\(time.timeText); \(count == 1 ? "it" : "they") may be lost:"
    case .keptIsDamaged(let path):
      "What was kept of a conversation with \(place) is damaged and not used: "
        + TextSanitizer.escapedOnOneLine(path)
    case .keptIsUnusable(let obstacle):
      "What was kept of a conversation with \(place) cannot be used: \(why(obstacle))."
    case .leavingNotKept(let error):
      "The next chatclient may go on with this conversation: that you have left cannot be "
        + "written to its file (\(error.errno))."
    case .notKept(let obstacle):
      "Should this chatclient be killed, the conversation cannot go on: \(why(obstacle))."
    case .keepingFailed(let error):
      "Should this chatclient be killed, the conversation cannot go on: its file cannot be "
        + "written (\(error.errno))."
    case .keepingWorks: "The conversation's file is written again."
    default: ""
    }
  }

  private static func shown(_ name: Handle) -> String {
    TextSanitizer.escapedOnOneLine(name.text)
  }

  /// `less than a minute`, `3 minutes`: what is known is half a minute old.
  static func about(_ time: Duration) -> String {
    let seconds = time.components.seconds
    let minutes = (seconds + 30) / 60
    return seconds < 60
      ? "less than a minute" : "about " + SharedWords.duration(.seconds(60 * minutes))
  }

  private static func notThisLink(_ obstacle: LinkObstacle, _ place: String) -> String {
    switch obstacle {
    case .otherKey(let key):
      "What answers at \(place) has another key (\(key)) and was told nothing. Trying again."
    case .answeredInClear:
      "What answers at \(place) does so without encryption, and was told nothing. Trying again."
    case .saidInClear(let text):
      "What answers at \(place) says, without encryption, so that anybody may have said it: "
        + "\(text) Trying again."
    case .notEncrypted: "What answers at \(place) could not encrypt. Trying again."
    }
  }

  private static func why(_ obstacle: TalkStore.Obstacle) -> String {
    switch obstacle {
    case .noPlace: "neither HOME nor XDG_STATE_HOME says where to keep it"
    case .noName: "the name of its file would be too long"
    case .tooMany: "too many conversations with this server are kept"
    case .file(let path, let error):
      SharedWords.cannotKeep(error, in: path.string, program: nil).0.droppingFullStop
    }
  }

  /// Why the server does not go on with a conversation; `nil` for any other ending.
  static func lost(_ detail: String?) -> String? {
    switch detail.flatMap({ QuitReason(rawValue: $0) }) {
    case .lost?: "The server does not know this conversation any more."
    case .moved?: "The conversation goes on in another chatclient."
    case .expired?: "The server ended the conversation while there was no link."
    case .othersWaited?:
      "The server ended the conversation while there was no link, since others waited for the floor."
    default: nil
    }
  }
}

extension String {
  /// For the middle of another sentence.
  fileprivate var droppingFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
