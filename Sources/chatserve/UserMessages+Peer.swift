import ChatCore
import ChatLink
import ChatProgram

/// What peers read who have no program to find words: over nc or telnet.
extension UserMessages {
  static let peerPhrases = PeerPhrases(
    refusedHandle: { SharedWords.askHandleAgain($0) }, refusal: { refusal($0) },
    place: { place($0) },
    goodbye: { goodbye($0) })

  private static func refusal(_ refusal: Conversation.Refusal) -> String {
    switch refusal {
    case .invalid(.empty):
      "ERROR: Your message is less than 1 character long. Retype your message."
    case .invalid(.tooLong):
      "ERROR: Your message is more than 500 characters long. Retype your message."
    case .tooMuchHeld:
      "ERROR: Too many messages wait for their turn. Wait for an answer, then retype your message."
    }
  }

  private static func place(_ place: Int) -> String {
    "You are number \(place) in line. Please wait."
  }

  private static func goodbye(_ reason: QuitReason) -> String {
    switch reason {
    case .user, .stopped: "Server requested to close connection. Good Bye"
    case .idle: "You have been disconnected after a long inactivity. Good Bye"
    case .full: "The line is full. Please try again later."
    case .error: "What you sent could not be understood. Good Bye"
    }
  }
}
