import ChatCore
import ChatPosix
import ChatTerminal

/// What the user can ask without saying anything.
extension Client {
  func perform(_ command: Command) {
    switch command {
    case .help: tell(.help)
    case .who:
      guard let peer = machine.peer else { return }
      tell(
        .who(
          peer: peer, address: "\(settings.host) port \(settings.port)", machine.dialect,
          since: opened))
    case .history: tellHistory()
    case .clear: terminal.console.clearScreen()
    case .quit, .unknown, .message: break
    }
  }

  private func tellHistory() {
    if recent.lines.isEmpty {
      tell(.noHistory)
      return
    }
    tell(.history(count: recent.lines.count))
    for line in recent.lines {
      terminal.console.print("\(line.name)> \(line.text)", to: .notice, style: .dim)
    }
  }
}
