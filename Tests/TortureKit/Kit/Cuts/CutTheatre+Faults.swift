import Glibc
import Harness
import Seeded

/// What happens, and how.
extension CutTheatre {
  func happen(_ fault: CutFault, to client: CutClient, _ random: inout SeededRandom) throws {
    switch fault {
    case .reset: relay.reset()
    case .cutInRecord: relay.cut(after: Int.random(in: 1...60, using: &random))
    case .halfCloseToServer: relay.halfClose(toServer: true)
    case .halfCloseToClient: relay.halfClose(toServer: false)
    case .stall: relay.stall(milliseconds: Int64.random(in: 10...1_500, using: &random))
    case .killConversation: for process in server.conversations { kill(process, SIGKILL) }
    case .stopConversation: try stopConversation(of: client)
    case .killListener: try server.restart(by: SIGKILL)
    case .restartListener: try server.restart(by: SIGUSR2)
    case .killKeeper:
      for process in server.process.children(named: "chatserve-keep") { kill(process, SIGKILL) }
    case .killClient: try client.kill()
    case .stopClient: client.stop(milliseconds: Int64.random(in: 10...1_500, using: &random))
    case .killDialer: try killDialer(of: client)
    case .takeOver: try takeOver(client, isCut: Bool.random(using: &random))
    }
  }

  private func stopConversation(of client: CutClient) throws {
    let stopped = server.conversations
    for process in stopped { kill(process, SIGSTOP) }
    relay.reset()
    // The one that takes over has the old one killed; one that had claimed nothing yet
    // wakes, and has nothing to say.
    try wait("another process", for: client) {
      !server.conversations.allSatisfy { stopped.contains($0) }
    }
    for process in stopped { kill(process, SIGCONT) }
  }

  private func killDialer(of client: CutClient) throws {
    client.wake()
    let dialers = client.process.children(named: "chatclient-dial")
    for process in dialers { kill(process, SIGKILL) }
    // One that has just been started again had none yet, and goes on.
    if dialers.isEmpty { return relay.reset() }
    try wait("the dialer is gone", for: client, mayLeave: true) {
      client.process.children(named: "chatclient-dial").isEmpty
    }
    relay.reset()
    try wait("the client ends", for: client, mayLeave: true) {
      client.process.peekOutcome() != nil
    }
    let status = try client.process.exitStatus()
    try hold(status == 74, "without a dialer it left with \(status): \(client.process.evidence)")
    try client.startAgain()
  }

  private func takeOver(_ client: CutClient, isCut: Bool) throws {
    // What is typed at one is not at the other.
    try wait("all words arrive", for: client) {
      server.shown.count >= client.entered && client.isBack && !client.mustLook
    }
    client.wake()
    let former = try client.takeOver()
    if isCut { relay.reset() }
    try wait("the one that is taken over from leaves", for: client) {
      former.read()
      return former.process.peekOutcome() != nil
    }
    former.close()
    let status = try former.process.exitStatus()
    try hold(status == 0, "who was taken over from left with \(status): \(former.process.evidence)")
  }
}
