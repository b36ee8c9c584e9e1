import ChatCore
import ChatLink
import ChatPosix
import ChatWire
import Testing
import WireSamples

/// A whole conversation between two machines over two links.
@Suite struct LinkTalkTests {
  private final class Side {
    var machine: Conversation
    let link: PeerLink
    var shown: [String] = []
    var ending: Conversation.Ending?

    init(_ role: Party, _ name: String, _ transport: any Transport) throws {
      let handle = try Handle(name)
      machine = Conversation(
        ConversationSettings(role: role, mode: .turns, handle: handle), at: at(0))
      link = PeerLink(transport, side: role, ownHandle: handle, phrases: .samples, at: at(0))
      perform(machine.begin(at: at(0)))
    }

    func post(_ event: Conversation.Event) { perform(machine.handle(event, at: at(0))) }

    /// A disk that never fails, a screen, a listener without a queue.
    private func perform(_ actions: [Conversation.Action]) {
      var isAsked = false
      for action in actions {
        switch action {
        case .record(let entry): isAsked = isAsked || entry != .floor
        case .send(let outgoing): link.send(outgoing)
        case .show(.message(_, let message)): shown.append(message.text)
        case .end(let ending): self.ending = ending
        case .reportReady: post(.listenerGaveFloor)
        default: break
        }
      }
      if isAsked { post(.recorded) }
    }

    func turn() throws {
      link.isReading = machine.wantsPeerInput
      var poller = Poller()
      let ready = try link.interest.map { try poller.poll([$0], timeoutMilliseconds: 0) } ?? []
      var events = ready.contains(where: \.canRead) ? link.receive(at: at(0)) : []
      if let deadline = link.deadline, deadline <= at(0) { events += link.tick(at: at(0)) }
      for event in events + link.flush(at: at(0)) { post(event) }
      for event in link.flush(at: at(0)) { post(event) }
    }
  }

  @Test(arguments: Carrier.allCases)
  func bothShowWhatTheOtherSaid(_ carrier: Carrier) throws {
    let (one, other) = try LinkStage.socketPair()
    let server = try Side(.server, "SERVER", try carrier.transport(one, side: .server, at: at(0)))
    let client = try Side(
      .client, "tatyana", try carrier.transport(other, side: .client, at: at(0)))
    let words = ["hi", "are you\nthere?", "\u{1f44d}", String(repeating: "x", count: 500)]
    for turn in 0..<4000 where client.ending == nil || server.ending == nil {
      try client.turn()
      try server.turn()
      for (side, peer) in [(client, server), (server, client)]
      where side.machine.state == .speaking && peer.shown.count < words.count {
        side.post(.operatorSaid(try Message(words[peer.shown.count])))
      }
      if server.shown.count == words.count, client.shown.count == words.count {
        client.post(.operatorQuit)
      }
      #expect(turn < 3999, "it never ended")
    }
    #expect(server.shown == words)
    #expect(client.shown == words)
    for ending in [client.ending, server.ending] {
      #expect(ending?.reason == .quit)
      #expect(ending?.by == .client)
      #expect(ending?.unconfirmed == [])
    }
    client.link.finish(within: .milliseconds(10))
    server.link.finish(within: .seconds(60))
  }
}
