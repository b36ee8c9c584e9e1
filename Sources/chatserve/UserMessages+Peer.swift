import ChatCore
import ChatLink

/// What peers read who have no program to find words: over nc or telnet.
extension UserMessages {
  static let peerPhrases = PeerPhrases(
    refusedHandle: { refusedHandle($0) }, refusal: { refusal($0) }, place: { place($0) },
    goodbye: { goodbye($0) })

  private static func refusedHandle(_ error: HandleError) -> String {
    switch error {
    case .empty, .tooLong, .tooManyBytes:
      "User Name must be between [1-10] characters. Reenter a User Name: "
    case .severalWords:
      "User Name must be between [1-10] characters, in one word. Reenter a User Name: "
    case .unprintable:
      "User Name must be between [1-10] visible characters. Reenter a User Name: "
    }
  }

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
