import ChatCore
import ChatPosix
import ChatTerminal
import Transcript

/// What the operator can ask without saying anything.
extension ConversationProcess {
  func perform(_ command: Command) {
    switch command {
    case .help: tell(.help)
    case .who: tellWho()
    case .history: tellHistory()
    case .clear: terminal?.console.clearScreen()
    case .quit, .unknown, .message: break
    }
  }

  private func tellWho() {
    guard let peer = machine.peer else { return }
    tell(.who(peer: peer, address, machine.dialect, since: opened))
    tell(.waits(names: waiting.map { name(of: $0) }))
  }

  /// The line has changed: tells of those who are new in it.
  func take(line peers: [WaitingPeer]) {
    let known = waiting
    waiting = peers
    for peer in peers where !known.contains(peer) {
      tell(.joined(name: name(of: peer), waiting: peers.count))
    }
  }

  /// The handle is in the transcript, put there by the process that heard it.
  private func name(of peer: WaitingPeer) -> String {
    let address =
      peer.address.contains(":")
      ? "[\(peer.address)]:\(peer.port)" : "\(peer.address):\(peer.port)"
    guard
      let handle = try? recorder.handle(ofPeerAt: peer.address, port: peer.port)
    else { return address }
    return "\(TextSanitizer.escapedOnOneLine(handle)) (\(address))"
  }

  /// What was last said with whoever has this handle.
  private func tellHistory() {
    guard let peer = machine.peer, let terminal else { return }
    do throws(TranscriptError) {
      let lines = try recorder.lastMessages(with: peer, limit: RecentLines.limit)
      if lines.isEmpty {
        tell(.noHistory(peer))
        return
      }
      tell(.history(peer, count: lines.count))
      let client = DisplayName.of(peer, besides: settings.handle)
      for line in lines {
        let when = Clock.localTime(line.time.milliseconds)
        let name = line.party == .client ? client : settings.handle.text
        terminal.console.print(
          "\(when.dayText) \(when.timeText) \(name)> \(line.text)", to: .notice, style: .dim)
      }
    } catch {
      tell(.recordingFailed(error))
    }
  }
}
