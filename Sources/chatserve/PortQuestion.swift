import ChatPosix
import ChatProgram

/// The port, from the command line or from whoever sits at the terminal.
enum PortQuestion {
  /// Ports below are the system's.
  static let range: ClosedRange<UInt16> = 1024...65535

  /// Asks until the answer is a port; off a terminal, where nobody can
  /// answer, ends the program.
  static func port(from argument: String?, asks: Bool = true) -> UInt16 {
    var text = argument
    while true {
      let problem: String
      if let text {
        if let port = UInt16(text), range.contains(port) { return port }
        problem = UserMessages.badPort
      } else {
        problem = UserMessages.noPort
      }
      guard asks, FileDescriptor.standardInput.isTerminal else { ProgramExit.usage.leave(problem) }
      try? StandardError.write(problem + "\n")
      try? StandardOutput.write(UserMessages.askPort)
      guard let answer = readLine() else {
        try? StandardError.write("\n")
        ProgramExit.usage.leave(problem)
      }
      text = answer
    }
  }
}
