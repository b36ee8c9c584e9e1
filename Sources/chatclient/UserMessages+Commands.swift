import ChatCore
import ChatPosix

/// What the user's commands answer.
extension UserMessages {
  static let help = """
    \\quit     leaves; so does Ctrl-D on an empty line
    \\who      who is at the other end
    \\history  what was last said in this conversation
    \\clear    an empty screen
    \\help     this
    A message that starts with a backslash is typed with two.
    """

  static func who(
    _ peer: Handle, _ address: String, _ dialect: Dialect?, _ since: LocalTime?
  ) -> String {
    let name = TextSanitizer.escapedOnOneLine(peer.text)
    let time = since.map { ", since \($0.timeText)" } ?? ""
    return "You talk with \(name) at \(TextSanitizer.escapedOnOneLine(address))\(time), "
      + "\(program(dialect))."
  }

  private static func program(_ dialect: Dialect?) -> String {
    switch dialect {
    case .native: "which confirms every message"
    case .line, .original, nil: "which confirms nothing"
    }
  }
}
