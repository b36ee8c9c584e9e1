import ChatCore
import ChatPosix

/// What came of it.
extension Client {
  /// Why there is nobody here who could talk.
  package enum Namelessness {
    /// Standard input ended before a name came.
    case inputEnded
    /// Its first line is not a name.
    case misnamed(HandleError)
  }

  /// How it went, for the exit code.
  package struct Outcome {
    package var ending: Conversation.Ending
    package var dialect: Dialect?
    /// The signal that ended it, if one did.
    package var signal: ChatPosix.Signal?
    /// Why it could not begin, if it could not.
    package var namelessness: Namelessness?
    /// Why standard output takes nothing, where that is not for want of a reader.
    package var outputFailure: Errno?
    /// Why the server is not talked to.
    package var refusal: ServerRefusal?
    /// What there is to say where the server was not heard to know that the person left.
    package var unheard: ClientNotice?
  }
}
