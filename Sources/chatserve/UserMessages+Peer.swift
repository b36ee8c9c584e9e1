import ChatCore
import ChatProgram
import ChatWire

/// What peers read who have no program to find words: over nc or telnet.
extension UserMessages {
  static let peerPhrases = PeerPhrases(
    refusedHandle: { SharedWords.askHandleAgain($0) }, refusal: { refusal($0) },
    place: { SharedWords.place($0) },
    goodbye: { goodbye($0) })

  private static func refusal(_ refusal: Conversation.Refusal) -> String {
    switch refusal {
    case .invalid(let error): SharedWords.invalid(error)
    case .tooMuchHeld:
      "ERROR: Too many messages wait for their turn. Wait for an answer, then retype your message."
    }
  }

  private static func goodbye(_ reason: QuitReason) -> String {
    switch reason {
    case .user, .stopped: "Server requested to close connection. Good Bye"
    case .idle: "You have been disconnected after a long inactivity. Good Bye"
    case .full: "The queue is full. Please try again later."
    case .error: "What you sent could not be understood. Good Bye"
    }
  }
}
