import ChatCore
import ChatPosix
import ChatProgram
import ChatServer
import Transcript

/// What the operator reads of somebody whose link is lost.
extension UserMessages {
  /// The sentence for a notice of these; nothing for any other.
  static func resuming(_ notice: ServerNotice, beside own: Handle) -> String {
    func name(_ handle: Handle) -> String { DisplayName.of(handle, .client, besides: own) }
    switch notice {
    case .brokeOff(let address, let status, let fault, let handle):
      return "The conversation with \(address) \(brokeOff(status, fault)); waiting for "
        + "\(name(handle)) to come back. \\quit stops waiting."
    case .keepsFloor(let handle):
      return "\(name(handle)) was talking here when the server stopped; waiting for "
        + "\(name(handle)) to come back. \\quit stops waiting."
    case .waitsNoLonger(let handle, let othersWait):
      return "No longer waiting for \(name(handle)). "
        + (othersWait ? "The next in the queue has the floor." : waiting)
    case .stayedAway(let handle, let othersWait):
      return "\(name(handle)) did not come back. "
        + (othersWait ? "The next in the queue has the floor." : "\(waiting)\n")
    case .unconfirmed(let rest):
      if rest.texts.isEmpty {
        return SharedWords.notConfirmed(by: name(rest.handle), rest.count) + "."
      }
      let more = rest.count - rest.texts.count
      let rows = rest.texts.map { "\(own.text)> \(TextSanitizer.escapedOnOneLine($0))" }
      return ([SharedWords.notConfirmed(by: name(rest.handle), rest.count) + ":"] + rows).joined(
        separator: "\n") + (more > 0 ? "\nand \(more) more." : "")
    case .linkDown(let handle):
      return "\(name(handle))'s link is down; \\quit ends the conversation."
    case .linkIsDown(let handle, let time, let within):
      return "\(name(handle))'s link has been down for \(SharedWords.stopwatch(time)); the "
        + "conversation is kept for \(SharedWords.stopwatch(within)) more."
    case .linkBack(let handle, let away, let address):
      return "\(name(handle)) is back after \(SharedWords.stopwatch(away))"
        + (address.map { " from \($0.host)" } ?? "") + "."
    case .linkOften(let handle, let count):
      return "\(name(handle))'s link was lost \(count) times within a minute. No more is said of "
        + "it until that is over; \\who tells how it is."
    case .linkSettled(let handle, let count, let time, let isDown):
      let before = "it was lost \(count) times in \(SharedWords.stopwatch(time))"
      return isDown
        ? "\(name(handle))'s link is down; \(before). \\quit ends the conversation."
        : "\(name(handle))'s link holds now; \(before)."
    case .leftForRestart(let handle, let within, let listenerDied):
      return
        (listenerDied
        ? "The server's listening process died. Start chatserve again: "
        : "The server stops for a restart: ")
        + "\(name(handle)) can come back for \(SharedWords.duration(within))."
    default: return ""
    }
  }

  private static func brokeOff(_ status: ExitStatus, _ fault: ReportFault?) -> String {
    if let fault { return "was ended: its process \(misdeed(fault))" }
    return switch status {
    case .signaled(let signal, _): "crashed (signal \(signal))"
    case .exited(let status): "broke off (exit status \(status))"
    }
  }
}
