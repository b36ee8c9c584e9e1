import ChatCore
import Seeded
import Testing

/// A server's and a client's machine on links that are cut at any moment, in processes
/// that die between any two actions: what one side entered and saw taken the other was
/// shown, once and in order.
@Suite struct ResumeScheduleTests {
  @Test(arguments: 0..<4)
  func nothingIsLostOrDoubled(part: Int) {
    let seed = chosenSeed() &+ UInt64(part)
    let schedules = chosenScheduleCount() / 100
    print("resume schedules: CHAT_SEED=\(seed &- UInt64(part)) part \(part), \(schedules)")
    var random = SeededRandom(seed: seed)
    var drops = 0
    var deaths = 0
    var exchanged = 0
    for schedule in 0..<schedules {
      var world = ResumeWorld(mode: random.below(2) == 0 ? .turns : .free, random: random)
      world.run()
      random = world.random
      if let violation = world.violation {
        Issue.record("\(violation), in schedule \(schedule) of seed \(seed), part \(part)")
        return
      }
      drops += world.drops
      deaths += world.deaths
      exchanged += world.rows.count
    }
    #expect(drops > schedules)
    #expect(deaths > schedules)
    #expect(exchanged > schedules)
  }
}

/// Two people, two programs, a transcript, a file and what may befall them.
struct ResumeWorld {
  struct Row {
    var party: Party
    var number: Int
    var message: Message
  }

  private static let token = ResumeToken(
    bytes: Array(repeating: 7, count: ResumeToken.length))

  var random: SeededRandom
  private(set) var violation: String?
  private(set) var drops = 0
  private(set) var deaths = 0
  /// What the transcript has.
  private(set) var rows: [Row] = []

  private let settings: ConversationSettings
  private var now = Instant(milliseconds: 1_000)
  private var spoken = 0
  /// Nothing befalls anybody.
  private var isCalm = true

  // The server's host.
  private var server: Conversation?
  private var mode: Mode
  private var hasFloor = false
  private var asked: [Entry] = []
  /// Numbers of the client's messages that the operator saw.
  private var operatorSaw: [Int] = []
  private var hasServerDied = false
  /// The last of them that the listener knows of.
  private var reported = 0
  /// A process that the client's claim reached.
  private var newcomer: Conversation?
  private var closed: QuitReason?
  private var serverHandedOver = false

  // The client's host.
  private var client: Conversation?
  private var file: ClientPast?
  /// Own messages whose row was shown as under way.
  private var clientTook: [(number: Int, message: Message)] = []
  /// Numbers of the server's messages that the user saw.
  private var userSaw: [Int] = []
  /// Those that were shown apart, of what was said before the client was started.
  private var userSawAgain: Set<Int> = []
  private var wantsLink = false

  // The link.
  private var isUp = true
  private var toServer: [Conversation.Event] = []
  private var toClient: [Conversation.Event] = []

  init(mode: Mode, random: SeededRandom) {
    self.random = random
    self.mode = mode
    var settings = ConversationSettings(role: .server, mode: mode)
    if let token = Self.token {
      settings.offer = ResumeOffer(token: token, within: .seconds(3_000))
    }
    self.settings = settings
    client = Conversation(
      ConversationSettings(role: .client, mode: .turns, handle: tatyana), at: now)
    server = Conversation(settings, at: now)
    performServer(server?.begin(at: now) ?? [])
  }

  mutating func run() {
    // Until both know how to come back, nothing befalls them.
    for _ in 0..<40 where client?.isResumable != true || server?.isResumable != true {
      settleOnce()
    }
    expect(client?.isResumable == true && server?.isResumable == true, "no offer was taken")
    isCalm = false
    for _ in 0..<(40 + random.below(120)) where violation == nil { step() }
    // All is mended, and everything arrives.
    isCalm = true
    var quiet = 0
    for _ in 0..<400 where violation == nil && quiet < 3 {
      if client == nil { startClient() }
      let isQuiet = toServer.isEmpty && toClient.isEmpty
      if !isUp || isQuiet && (client?.isDetached == true || server == nil) { connect() }
      settleOnce()
      let isWhole =
        client?.isDetached == false && server != nil && newcomer == nil
        && toServer.isEmpty && toClient.isEmpty && asked.isEmpty
        && client?.unconfirmedCount == 0 && server?.unconfirmedCount == 0
      quiet = isWhole ? quiet + 1 : 0
    }
    judge()
  }

  private mutating func expect(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition && violation == nil { violation = what() }
  }

  // MARK: What happens

  private mutating func step() {
    switch random.below(30) {
    case 0...4: deliverToServer()
    case 5...9: deliverToClient()
    case 10...14: commit(succeeding: random.below(6) != 0)
    case 15...18: speakAsClient()
    case 19...21: speakAsServer()
    case 22: tick()
    case 23: cut()
    case 24, 25: connect()
    case 26: killServer()
    case 27: if random.below(2) == 0 { killClient() } else { startClient() }
    case 28: startClient()
    default:
      switch random.below(6) {
      case 0: postServer(.operatorWantsFree)
      case 1: meetAnother()
      default: break
      }
    }
  }

  /// The client's dialer finds a server that knows nothing of the conversation.
  private mutating func meetAnother() {
    guard client?.isDetached == true else { return }
    if isUp { cut() }
    for event in [.introduced(mike, .native), .serverDenied("not known")] as [Conversation.Event] {
      postClient(event)
    }
  }

  private mutating func settleOnce() {
    deliverToServer()
    deliverToClient()
    commit(succeeding: true)
    if let server, case .queued = server.state, !hasFloor { postServer(.listenerGaveFloor) }
    tick()
  }

  private mutating func tick() {
    now = now.advanced(by: .milliseconds(Int64(random.below(400))))
    if server != nil, hasFloor { reported = operatorSaw.last ?? 0 }
    postServer(.tick)
    postClient(.tick)
  }

  private mutating func speakAsClient() {
    guard client?.wantsOperatorInput == true else { return }
    spoken += 1
    postClient(.operatorSaid(sampleMessage("client's word \(spoken)")))
  }

  private mutating func speakAsServer() {
    guard server?.wantsOperatorInput == true else { return }
    spoken += 1
    postServer(.operatorSaid(sampleMessage("server's word \(spoken)")))
  }

  /// What was under way is lost from any place on; either side notices when it does.
  private mutating func cut() {
    guard isUp else { return }
    drops += 1
    isUp = false
    toServer = Array(toServer.prefix(random.below(toServer.count + 1)))
    toClient = Array(toClient.prefix(random.below(toClient.count + 1)))
    newcomer = nil
    if random.below(2) == 0 { noticeAtServer() }
    if random.below(2) == 0 { noticeAtClient() }
  }

  private mutating func noticeAtServer() {
    while let event = toServer.first {
      toServer.removeFirst()
      postServer(.received)
      postServer(event)
    }
    postServer(.failed(.broken("cut")))
  }

  private mutating func noticeAtClient() {
    while let event = toClient.first {
      toClient.removeFirst()
      postClient(.received)
      postClient(event)
    }
    postClient(.failed(.broken("cut")))
  }

  /// The client's dialer has a new link: a process is forked for it, which greets.
  private mutating func connect() {
    guard client != nil else { return }
    if isUp { cut() }
    if client?.isDetached == false { noticeAtClient() }
    guard client?.isDetached == true else { return }
    isUp = true
    toServer = []
    var process = Conversation(settings, at: now)
    _ = process.begin(at: now)
    newcomer = process
    // Started again, it may be called otherwise.
    toClient = [.introduced(random.below(8) == 0 ? tatyana : mike, .native)]
  }

  private mutating func killServer() {
    guard server != nil else { return }
    deaths += 1
    server = nil
    hasServerDied = true
    asked = []
    if newcomer == nil, isUp { cut() }
  }

  private mutating func killClient() {
    guard client != nil else { return }
    deaths += 1
    client = nil
    cut()
  }

  private mutating func startClient() {
    guard client == nil, let file else { return }
    var machine = Conversation(
      resuming: file, away: .seconds(1),
      ConversationSettings(role: .client, mode: .turns, handle: tatyana), at: now)
    _ = machine.begin(at: now)
    client = machine
  }

  // MARK: The server's host

  private mutating func deliverToServer() {
    guard !toServer.isEmpty else { return }
    let event = toServer.removeFirst()
    if newcomer != nil {
      var actions = newcomer?.handle(.received, at: now) ?? []
      actions += newcomer?.handle(event, at: now) ?? []
      for case .reportClaim(let token, let shown, _) in actions {
        expect(token == Self.token, "another token came")
        takeOver(shown: shown)
      }
    } else {
      postServer(.received)
      postServer(event)
    }
  }

  /// What listener and transcript do about a claim.
  private mutating func takeOver(shown: Int) {
    if server != nil {
      postServer(.listenerWantsHandOver)
      expect(server == nil || serverHandedOver, "the old process stays")
    }
    serverHandedOver = false
    asked = []
    let own = rows.filter { $0.party == .server }
    let theirs = rows.filter { $0.party == .client }
    let last = rows.last?.party
    let both = rows.filter { $0.party == .client || $0.number <= shown }
    let seen = both.lastIndex { $0.party == .client && $0.number <= reported } ?? -1
    let repeated = both.suffix(max(PastMessage.limit, both.count - 1 - seen))
    var machine = Conversation(
      resuming: Resumption(
        peer: tatyana, mode: mode, hasFloor: hasFloor,
        turn: hasFloor && mode == .turns ? last?.other ?? .client : nil,
        ownNumber: own.last?.number ?? 0, peerNumber: theirs.last?.number ?? 0,
        unconfirmed: own.filter { $0.number > shown }.map(\.message),
        recent: repeated.map { PastMessage(from: $0.party, number: $0.number, $0.message) },
        awayFor: .seconds(1), addressChanged: false),
      recalled: newcomer?.recalledCount ?? 0, settings, at: now)
    newcomer = nil
    if hasServerDied {
      // Its successor shows once more what may not have been.
      let unseen = theirs.map(\.number).filter { !operatorSaw.contains($0) }
      let again = repeated.filter { $0.party == .client }.map(\.number)
      expect(unseen.allSatisfy(again.contains), "a message was not shown again")
      operatorSaw += unseen
    }
    hasServerDied = false
    let actions = machine.begin(at: now)
    server = machine
    performServer(actions)
  }

  private mutating func commit(succeeding: Bool) {
    guard !asked.isEmpty else { return }
    let entries = asked
    asked = []
    guard succeeding else { return postServer(.recordingFailed) }
    for entry in entries {
      switch entry {
      case .message(let party, let number, let message):
        rows.append(Row(party: party, number: number, message: message))
      case .mode(let new): mode = new
      case .close: closed = .user
      default: break
      }
    }
    postServer(.recorded)
  }

  private mutating func postServer(_ event: Conversation.Event) {
    guard server != nil else { return }
    performServer(server?.handle(event, at: now) ?? [])
  }

  private mutating func performServer(_ actions: [Conversation.Action]) {
    for action in actions {
      // Killed between any two.
      if !isCalm, random.below(200) == 0 { return killServer() }
      switch action {
      case .record(.floor): hasFloor = true
      case .record(.resumable): break
      case .record(let entry): asked.append(entry)
      case .show(.message(_, let message)):
        guard let row = rows.first(where: { $0.party == .client && $0.message == message }) else {
          return expect(false, "shown and not recorded")
        }
        expect(!operatorSaw.contains(row.number), "\(message.text) was shown twice")
        operatorSaw.append(row.number)
      case .send(let outgoing):
        if isUp, newcomer == nil, let event = outgoing.carried { toClient.append(event) }
      case .handOver:
        server = nil
        serverHandedOver = true
        // One that left by itself has nothing unshown.
        return
      case .end: expect(false, "the conversation ended")
      default: break
      }
    }
  }

  // MARK: The client's host

  private mutating func deliverToClient() {
    guard !toClient.isEmpty else { return }
    let event = toClient.removeFirst()
    postClient(.received)
    postClient(event)
  }

  /// One turn of the client's loop: decide, write the file, then show, then send.
  private mutating func postClient(_ event: Conversation.Event) {
    guard let actions = client?.handle(event, at: now) else { return }
    if !isCalm, random.below(300) == 0 { return killClient() }
    file = client?.clientPast ?? file
    // Between the file and the screen.
    if !isCalm, random.below(300) == 0 { return killClient() }
    for action in actions {
      switch action {
      case .accept(let number, let message): clientTook.append((number, message))
      case .show(.message(_, let message)):
        guard let row = rows.first(where: { $0.party == .server && $0.message == message }) else {
          return expect(false, "shown and not recorded")
        }
        expect(!userSaw.contains(row.number), "\(message.text) was shown to the user twice")
        userSaw.append(row.number)
      case .showPast(let past):
        if past.from == .server { userSawAgain.insert(past.number) }
      case .end: expect(false, "the client's conversation ended: \(action)")
      default: break
      }
    }
    for case .send(let outgoing) in actions where isUp {
      if let event = outgoing.carried { toServer.append(event) }
    }
    if case .naming? = client?.state { postClient(.operatorNamed(tatyana)) }
  }

  // MARK: The judgement

  private mutating func judge() {
    if violation != nil { return }
    expect(client?.isDetached == false, "the client did not come back")
    expect(server != nil, "the server did not go on")
    let own = rows.filter { $0.party == .server }
    let theirs = rows.filter { $0.party == .client }
    expect(own.map(\.number) == Array(1...(own.count + 1)).dropLast(), "the server's numbers")
    expect(
      zip(theirs, theirs.dropFirst()).allSatisfy { $0.number < $1.number }, "the client's numbers")
    expect(operatorSaw == theirs.map(\.number), "the operator saw something else than was said")
    let seen = userSaw
    expect(zip(seen, seen.dropFirst()).allSatisfy(<), "the user saw \(seen)")
    let all = userSawAgain.union(seen)
    expect(
      own.allSatisfy { all.contains($0.number) } && all.count == own.count,
      "the user saw \(all.sorted()) of \(own.map(\.number))")
    for (number, message) in clientTook {
      expect(
        theirs.contains { $0.number == number && $0.message == message },
        "\(message.text) was taken and never arrived")
    }
  }
}
