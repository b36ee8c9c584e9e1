import ChatCore
import Testing

/// From turns to `free`: who asks, who allows.
@Suite struct ModeTests {
  private let now = Instant(milliseconds: 0)

  private func server(_ dialect: Dialect = .native, mode: Mode = .turns) -> Conversation {
    var machine = Conversation(ConversationSettings(role: .server, mode: mode), at: now)
    _ = machine.begin(at: now)
    for event: Conversation.Event in [
      .recorded, .introduced(mike, dialect), .recorded, .listenerGaveFloor,
    ] { _ = machine.handle(event, at: now) }
    return machine
  }

  private func client(
    _ dialect: Dialect = .native, mode: Mode = .turns, wantsFree: Bool = false
  ) -> (Conversation, [Conversation.Action]) {
    var machine = Conversation(
      ConversationSettings(role: .client, mode: .turns, handle: tatyana, wantsFree: wantsFree),
      at: now)
    var actions = machine.handle(.introduced(mike, dialect), at: now)
    actions += machine.handle(.serverSetMode(mode), at: now)
    actions += machine.handle(.serverGaveFloor, at: now)
    return (machine, actions)
  }

  @Test func theOperatorAllowsItAndWhatWasHeldIsRead() {
    var machine = server()
    _ = machine.handle(.said(number: 1, words[0]), at: now)
    _ = machine.handle(.recorded, at: now)
    _ = machine.handle(.said(number: 2, words[1]), at: now)
    #expect(
      machine.handle(.operatorWantsFree, at: now) == [.record(.mode(.free))])
    #expect(machine.mode == .turns)
    #expect(
      machine.handle(.recorded, at: now) == [
        .send(.mode(.free)), .reportMode(.freed),
        .record(.message(from: .client, number: 2, words[1])),
      ])
    #expect(machine.mode == .free && machine.state == .speaking)
    _ = machine.handle(.recorded, at: now)
    for (number, text) in words.enumerated() {
      #expect(
        machine.handle(.operatorSaid(text), at: now)
          == [.record(.message(from: .server, number: number + 1, text))])
    }
    #expect(machine.handle(.operatorWantsFree, at: now) == [.reportMode(.isFree)])
  }

  @Test func aQuestionIsReportedOnce() {
    var machine = server()
    #expect(machine.handle(.asked(.free), at: now) == [.reportMode(.asked)])
    #expect(machine.handle(.asked(.free), at: now) == [])
    #expect(machine.handle(.asked(.turns), at: now) == [])
    #expect(machine.mode == .turns)
    var free = server(mode: .free)
    #expect(free.handle(.asked(.free), at: now) == [])
  }

  @Test func aQuestionFromTheQueueIsReportedWithTheFloor() {
    var machine = Conversation(ConversationSettings(role: .server, mode: .turns), at: now)
    _ = machine.begin(at: now)
    for event: Conversation.Event in [.recorded, .introduced(mike, .native), .recorded] {
      _ = machine.handle(event, at: now)
    }
    #expect(machine.handle(.asked(.free), at: now) == [])
    #expect(machine.handle(.listenerGaveFloor, at: now).contains(.reportMode(.asked)))
  }

  @Test func aClientAsksOnceAndIsFreed() {
    var (machine, _) = client()
    #expect(
      machine.handle(.operatorWantsFree, at: now) == [.send(.ask(.free)), .reportMode(.asking)])
    #expect(machine.handle(.operatorWantsFree, at: now) == [.reportMode(.asking)])
    _ = machine.handle(.operatorSaid(words[0]), at: now)
    #expect(machine.state == .listening)
    #expect(machine.handle(.serverSetMode(.free), at: now) == [.reportMode(.freed)])
    #expect(machine.state == .speaking)
    #expect(machine.handle(.serverSetMode(.turns), at: now) == [])
    #expect(machine.mode == .free)
    #expect(machine.handle(.operatorWantsFree, at: now) == [.reportMode(.isFree)])
  }

  @Test func aClientThatWantsItAsksAtTheBeginning() {
    #expect(client(wantsFree: true).1.contains(.send(.ask(.free))))
    // And says so, once.
    #expect(client(wantsFree: true).1.filter { $0 == .reportMode(.asking) }.count == 1)
    #expect(!client(mode: .free, wantsFree: true).1.contains(.reportMode(.asking)))
    #expect(!client(mode: .free, wantsFree: true).1.contains(.send(.ask(.free))))
    #expect(!client().1.contains(.send(.ask(.free))))
    for dialect in [Dialect.line, .original] {
      #expect(!client(dialect, wantsFree: true).1.contains(.send(.ask(.free))))
    }
  }

  @Test func programsThatKnowTurnsAloneAreLeftInThem() {
    var original = server(.original)
    #expect(original.handle(.operatorWantsFree, at: now) == [.reportMode(.turnsOnly)])
    var line = server(.line)
    #expect(line.handle(.operatorWantsFree, at: now) == [.record(.mode(.free))])
    #expect(line.handle(.recorded, at: now).first == .send(.mode(.free)))
    for dialect in [Dialect.line, .original] {
      var (machine, _) = client(dialect)
      #expect(machine.handle(.operatorWantsFree, at: now) == [.reportMode(.turnsOnly)])
    }
  }
}

@Suite struct CommandSlipTests {
  @Test(
    arguments: [
      ("/quit", "\\quit"), ("/QUIT", "\\quit"), ("/q", "\\quit"), ("/exit", "\\quit"),
      (":q", "\\quit"), (":q!", "\\quit"), (":wq", "\\quit"), ("/help", "\\help"),
      ("/?", "\\help"), ("/who  ", "\\who"), ("/quit see you", "\\quit"), (" /quit", "\\quit"),
      ("/bye", "\\quit"), ("/clear", "\\clear"),
    ])
  func aSlipIsKnown(line: String, command: String) {
    #expect(CommandSlip(line)?.command == command)
    let doubled = String(line.drop { $0 == " " })
    #expect(CommandSlip.unescaped(doubled.prefix(1) + doubled) == doubled)
  }

  @Test(
    arguments: [
      "", "/", "quit", "exit", "//quit", "\\quit", "/usr/bin", "/home", ":-)", ":q is vi's",
      "/me waves",
      "a /quit", "http://x", ":",
    ])
  func aMessageIsAMessage(line: String) {
    #expect(CommandSlip(line) == nil)
    #expect(CommandSlip.unescaped(line) == (line == "//quit" ? "/quit" : nil))
  }
}
