/// What stands where the next line is typed.
public enum Prompt: Hashable, Sendable {
  /// It is our turn: `SERVER> `.
  case speak(String)
  /// It is somebody else's turn: `waiting for tatyana …` stands in the
  /// prompt's place. What is typed ahead stands where it will stand after
  /// `then`, the prompt that is to come.
  case waiting(String, then: String)
  /// A question, whose answer is no part of the conversation.
  case ask(String)
  /// Nothing is asked; what is typed is shown all the same.
  case none

  /// What stands before a line once it is taken.
  var record: String {
    switch self {
    case .speak(let prompt), .ask(let prompt), .waiting(_, then: let prompt): prompt
    case .none: ""
    }
  }

  /// Whether lines typed here are said in the conversation.
  var isConversation: Bool {
    switch self {
    case .speak, .waiting: true
    case .ask, .none: false
    }
  }
}
