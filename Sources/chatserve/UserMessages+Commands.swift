import ChatCore
import ChatPosix

/// What the operator's commands answer.
extension UserMessages {
  static let help = """
    \\quit     ends the conversation; so does Ctrl-D on an empty line
    \\who      who is at the other end, and who waits
    \\history  what was last said with this person
    \\clear    an empty screen
    \\help     this
    A message that starts with a backslash is typed with two. Ctrl-C on an empty line stops \
    the server.
    """

  static func who(
    _ peer: Handle, _ address: SocketAddress, _ dialect: Dialect?, _ since: LocalTime?
  ) -> String {
    let name = TextSanitizer.escapedOnOneLine(peer.text)
    let time = since.map { ", since \($0.timeText)" } ?? ""
    return "You talk with \(name) at \(address)\(time), \(program(dialect))."
  }

  private static func program(_ dialect: Dialect?) -> String {
    switch dialect {
    case .native: "who uses chatclient"
    case .line: "who uses nc, telnet or their like"
    case .original: "who uses the original program"
    case nil: "of whose program nothing is known"
    }
  }
}
