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
    case .dialerDied:
      "The process that connects has died: the conversation cannot go on once its link is lost."
    case .goingOn(let time): "You were cut off \(SharedWords.stopwatch(time)) ago; going on."
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
    default: nil
    }
  }
}

extension String {
  /// For the middle of another sentence.
  fileprivate var droppingFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
