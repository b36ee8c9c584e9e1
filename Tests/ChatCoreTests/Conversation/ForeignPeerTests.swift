import ChatCore
import Testing

/// Peers that nobody here wrote, as the machine sees them.
struct ForeignPeerTests {
  private let now = Instant(milliseconds: 0)

  private func client(handle: String? = "bob") throws -> Conversation {
    let handle = try handle.map { try Handle($0) }
    var machine = Conversation(
      ConversationSettings(role: .client, mode: .turns, handle: handle), at: now)
    _ = machine.handle(.introduced(.unnamedServer, .line), at: now)
    return machine
  }

  private func server(_ dialect: Dialect) throws -> Conversation {
    var machine = Conversation(ConversationSettings(role: .server, mode: .turns), at: now)
    _ = machine.begin(at: now)
    _ = machine.handle(.introduced(try Handle("bob"), dialect), at: now)
    _ = machine.handle(.recorded, at: now)
    return machine
  }

  /// What a codec gives nothing after: a client that went on would wait for ever.
  @Test(arguments: [
    Conversation.Event.serverRefused("No."), .ended, .quit(.full), .failed(.unresponsive),
    .failed(.broken("reset")),
  ])
  func theLastWordOfAServerEndsEveryClient(last: Conversation.Event) throws {
    let (bob, server) = (try Handle("bob"), try Handle("SERVER"))
    let histories: [(Handle?, [Conversation.Event])] = [
      (bob, []), (nil, [.introduced(server, .native)]), (bob, [.introduced(server, .native)]),
      (bob, [.introduced(server, .native), .serverQueued(place: 1)]),
      (bob, [.introduced(server, .original)]), (bob, [.introduced(.unnamedServer, .line)]),
      (bob, [.introduced(server, .native), .serverGaveFloor]),
      (
        bob,
        [.introduced(server, .native), .serverGaveFloor, .operatorSaid(words[0]), .operatorQuit]
      ),
    ]
    for (index, (handle, history)) in histories.enumerated() {
      var machine = Conversation(
        ConversationSettings(role: .client, mode: .turns, handle: handle), at: now)
      var actions: [Conversation.Action] = []
      for event in history + [last] {
        machine.handle(event, at: now, &actions)
        // Recorded at once, as chatclient does.
        if case .record? = actions.last { machine.handle(.recorded, at: now, &actions) }
      }
      let isOver = actions.contains { if case .end = $0 { true } else { false } }
      #expect(isOver, "\(index): \(actions)")
    }
  }

  @Test func aRefusalIsQuotedUntilTheFloorIsGiven() throws {
    for hasFloor in [false, true] {
      var machine = Conversation(
        ConversationSettings(role: .client, mode: .turns, handle: try Handle("bob")), at: now)
      _ = machine.handle(.introduced(try Handle("SERVER"), .native), at: now)
      if hasFloor { _ = machine.handle(.serverGaveFloor, at: now) }
      guard case .end(let ending)? = machine.handle(.serverRefused("No."), at: now).last else {
        Issue.record("no ending")
        return
      }
      #expect(ending.reason == (hasFloor ? .eof : .full))
      #expect(ending.detail == (hasFloor ? nil : "No."))
    }
  }

  @Test func aLateNativeGreetingIsAnswered() throws {
    var machine = try client()
    let actions = machine.handle(.introduced(try Handle("SERVER"), .native), at: now)
    #expect(actions == [.send(.handle(try Handle("bob")))])
    #expect(machine.state == .queued(place: nil))
    _ = machine.handle(.serverGaveFloor, at: now)
    #expect(machine.state == .speaking)
  }

  @Test func aLateGreetingWithoutFramingIsAnsweredAndTheTurnStays() throws {
    var machine = try client()
    let actions = machine.handle(.introduced(try Handle("SERVER"), .original), at: now)
    #expect(actions == [.send(.handle(try Handle("bob")))])
    #expect(machine.state == .speaking)
  }

  @Test func aServerThatIsSpokenToGetsNoHandleAnyMore() throws {
    var machine = try client()
    _ = machine.handle(.operatorSaid(try Message("hi")), at: now)
    #expect(machine.handle(.introduced(try Handle("ann"), .original), at: now) == [])
    #expect(machine.state == .listening)
  }

  @Test func aNoticeTakesNoTurn() throws {
    var machine = try client()
    #expect(machine.handle(.serverNoticed("You wait."), at: now) == [.reportNotice("You wait.")])
    _ = machine.handle(.operatorSaid(try Message("hi")), at: now)
    _ = machine.handle(.serverNoticed("You wait."), at: now)
    #expect(machine.state == .listening)
  }

  /// B4: 303 characters of 603 bytes.
  @Test(arguments: [("é", 251), ("a", 501), ("\u{1b}", 126)])
  func moreThanAnOriginalReadsIsRefused(_ character: String, _ count: Int) throws {
    for isOver in [false, true] {
      var machine = try client()
      _ = machine.handle(.introduced(try Handle("ann"), .original), at: now)
      guard
        let message = try? Message(String(repeating: character, count: count - (isOver ? 0 : 1)))
      else { continue }
      let actions = machine.handle(.operatorSaid(message), at: now)
      #expect(actions.contains(.reject(message, .tooManyBytes)) == isOver)
      #expect((machine.state == .speaking) == isOver)
    }
  }

  /// A silent server may be an original; one that answered in lines is none.
  @Test func lessIsSaidToASilentServer() throws {
    var machine = try client()
    let long = try Message(String(repeating: "é", count: 300))
    #expect(machine.handle(.operatorSaid(long), at: now).contains(.reject(long, .tooManyBytes)))
    let fitting = try Message(String(repeating: "é", count: 247))
    let actions = machine.handle(.operatorSaid(fitting), at: now)
    #expect(!actions.contains(.reject(fitting, .tooManyBytes)))
    _ = machine.handle(.said(number: nil, try Message("hi")), at: now)
    #expect(!machine.handle(.operatorSaid(long), at: now).contains(.reject(long, .tooManyBytes)))
  }

  /// C15: a cause is what was seen.
  @Test(arguments: QuitReason.allCases)
  func aClientsReasonIsItsOwn(_ reason: QuitReason) throws {
    var machine = try server(.native)
    _ = machine.handle(.listenerGaveFloor, at: now)
    let actions = machine.handle(.quit(reason), at: now)
    let expected: CloseReason = reason == .error ? .error : .quit
    #expect(
      actions.contains(.record(.close(by: .client, expected, detail: nil, undelivered: 0))))
  }

  /// A18
  @Test func aLineOutOfTurnIsToldOnce() throws {
    var machine = try server(.line)
    _ = machine.handle(.said(number: nil, try Message("early")), at: now)
    _ = machine.handle(.listenerGaveFloor, at: now)
    _ = machine.handle(.recorded, at: now)
    let first = machine.handle(.said(number: nil, try Message("again")), at: now)
    #expect(first == [.send(.hold)])
    #expect(machine.handle(.said(number: nil, try Message("more")), at: now) == [])
  }

  /// B5: the operator reads it when there is one.
  @Test func aNameThatWasMadeIsReportedWithTheFloor() throws {
    var machine = try server(.original)
    #expect(machine.handle(.misnamedClient(gave: "Mary Ann"), at: now) == [])
    let actions = machine.handle(.listenerGaveFloor, at: now)
    #expect(actions.contains(.reportMisnamed(gave: "Mary Ann")))
  }

  @Test func aNativeClientThatIsNoneGetsItsDialectRecorded() throws {
    var machine = try server(.native)
    let bob = try Handle("bob")
    #expect(
      machine.handle(.introduced(bob, .original), at: now) == [.record(.handle(bob, .original))])
    #expect(machine.dialect == .original)
  }

  @Test(arguments: [
    ("Mary Ann", "Mary"), ("Maximiliane", "Maximilian"), ("\u{1b}[31mred", "[31mred"),
    ("  x ", "x"),
  ])
  func namesAreMadeFit(_ given: String, _ name: String) {
    #expect(Handle(fitting: given)?.text == name)
  }

  @Test(arguments: [
    ("Mary Ann", true), ("Jean-Luc de", false), ("Anna Maria Luisa", true), ("hi there", false),
    ("Maximiliane", true), ("Hello, world", false), ("how?", false), ("Максим Горький", true),
    ("", false), (String(repeating: "x", count: 41), false),
  ])
  func namesAreToldFromSentences(_ text: String, _ isName: Bool) {
    #expect(Handle.mayBeName(text) == isName)
  }
}
