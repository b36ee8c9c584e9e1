import ChatCore
import ChatPosix
import Glibc
import Seeded
import Testing

@testable import ChatServer

/// A terminal that is given to a server without one, as the listener knows it.
@Suite struct AttachmentTests {
  private static let desk: Int32 = 50

  @Test func whoHasTheFloorGetsItAndGivesItBack() throws {
    var stage = try Stage()
    let peer = try stage.session(in: .hasFloor)
    stage.feed(.attached)
    #expect(stage.feed(.turnIsOver).attached == [peer])
    #expect(stage.machine.attachedProcess == peer)
    #expect(stage.feed(.turnIsOver).attached.isEmpty)
    stage.report(.tookFloor, from: peer)
    let wish = stage.report(.detachAsked(suspends: true), from: peer)
    #expect(wish.orders(to: peer) == [.giveBack])
    // Once.
    #expect(stage.feed(.detach(.lost)).isEmpty)
    #expect(stage.feed(.turnIsOver).returned.isEmpty)
    stage.report(.gaveBack, from: peer)
    #expect(stage.feed(.turnIsOver).returned == [.suspended])
    #expect(stage.machine.attachedProcess == nil)
    #expect(stage.state(of: peer) == .hasFloor)
  }

  @Test func nothingAtItStopsTheServer() throws {
    let ends: [(ConversationReport, AttachEnd)] = [
      (.interrupted, .interrupted), (.outputGone, .lost), (.detachAsked(suspends: false), .asked),
    ]
    for (report, end) in ends {
      var stage = try Stage()
      let peer = try stage.session(in: .hasFloor)
      stage.feed(.attached)
      stage.feed(.turnIsOver)
      stage.report(report, from: peer)
      stage.report(.gaveBack, from: peer)
      #expect(stage.feed(.turnIsOver).returned == [end])
      #expect(stage.machine.stopping == nil)
    }
    for (report, end) in ends + [(.stopAsked, .quit)] {
      var stage = try Stage()
      stage.feed(.attached)
      #expect(stage.feed(.turnIsOver).startsDesk)
      stage.feed(.deskStarted(Self.desk))
      stage.report(report, from: Self.desk)
      #expect(stage.feed(.turnIsOver).orders(to: Self.desk) == [.yield])
      stage.report(.released, from: Self.desk)
      #expect(stage.feed(.turnIsOver).returned == [end])
      #expect(stage.machine.stopping == nil)
      stage.feed(.ended(Self.desk, .exited(0), at: .ms(1)))
      stage.pass(.seconds(60))
      #expect(!stage.feed(.turnIsOver).startsDesk)
    }
  }

  @Test func whoHasNoTerminalSpeaksForNoOperator() throws {
    let reports: [ConversationReport] = [
      .interrupted, .outputGone, .detachAsked(suspends: false),
    ]
    for report in reports {
      for isAttached in [false, true] {
        var stage = try Stage(isDetached: true)
        let peer = try stage.session(in: .hasFloor)
        // On its way, and with nobody yet.
        if isAttached { stage.feed(.attached) }
        #expect(stage.report(report, from: peer).killed == [peer], "\(report)")
        #expect(stage.machine.stopping == nil)
        #expect(stage.machine.hasTerminalToGive == isAttached)
      }
    }
  }

  @Test func nothingIsWaitedForInThePast() throws {
    var stage = try Stage(isDetached: true)
    stage.feed(.attached)
    stage.feed(.turnIsOver)
    stage.feed(.deskStarted(Self.desk))
    stage.report(.detachAsked(suspends: false), from: Self.desk)
    #expect(stage.feed(.turnIsOver).orders(to: Self.desk) == [.yield])
    for _ in 0..<5 {
      stage.pass(.milliseconds(500))
      stage.feed(.turnIsOver)
      #expect(try #require(stage.machine.deadline) > stage.now)
    }
    stage = try Stage(isDetached: true)
    _ = try stage.session(in: .hasFloor)
    stage.feed(.attached)
    stage.feed(.turnIsOver)
    stage.feed(.detach(.wanted))
    stage.feed(.stop("SIGTERM"))
    stage.pass(.seconds(2))
    stage.feed(.turnIsOver)
    #expect(try #require(stage.machine.deadline) > stage.now)
  }

  /// Another server may have the port from then on, and looks for the place once.
  @Test func thePlaceIsFreeWhenThePortIs() throws {
    var name = Array("/tmp/chat-door-XXXXXX".utf8CString)
    try #require(mkdtemp(&name) != nil)
    let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
      unlink(path + "/place")
      rmdir(path)
    }
    let directory = try OwnDirectory.open(path)
    defer { directory.close() }
    let own = try OwnDirectory.open(path)
    let socket = try #require(try LocalSocket.listen(in: own, as: "place"))
    let door = AttachDoor(socket, in: own, as: "place")
    guard case .connected(let caller) = try LocalSocket.connect(in: directory, to: "place") else {
      Issue.record("nobody listens")
      return
    }
    defer { caller.close() }
    door.closeEntrance(at: .ms(0))
    let next = try #require(try LocalSocket.listen(in: directory, as: "place"))
    defer { next.close() }
    // Who came before it closed learns why it is not served.
    #expect(try caller.send(AttachRequest.resized.bytes) == .sent)
    #expect(door.read(at: .ms(0), isLeaving: false, isStopping: true).isEmpty)
    #expect(
      try caller.receive(maximumLength: AttachDoor.messageLength)
        == .message(AttachAnswer.refused(.stopping).bytes))
    #expect(door.deadline == nil && door.interests.isEmpty)
    door.close(at: .ms(0))
    guard case .connected(let other) = try LocalSocket.connect(in: directory, to: "place") else {
      Issue.record("the next server's place is gone")
      return
    }
    other.close()
  }

  @Test func oneThatDoesNotGiveItBackIsKilled() throws {
    var stage = try Stage()
    let peer = try stage.session(in: .hasFloor)
    stage.feed(.attached)
    stage.feed(.turnIsOver)
    stage.feed(.detach(.wanted))
    var killed: [Int32] = []
    for _ in 0..<12 where killed.isEmpty {
      stage.pass(.seconds(1))
      // That it is there is no answer to this.
      stage.report(.alive, from: peer)
      killed = stage.feed(.turnIsOver).killed
    }
    #expect(killed == [peer])
    let end = stage.feed(.ended(peer, .killed, at: .ms(1)))
    guard case .restoreTerminal? = end.first else {
      Issue.record("the terminal comes first: \(end)")
      return
    }
    #expect(stage.feed(.turnIsOver).returned == [.wanted])
  }

  @Test func oneThatTakesNoOrderToGiveItBackIsKilled() throws {
    var stage = try Stage()
    let peer = try stage.session(in: .hasFloor)
    stage.feed(.attached)
    stage.feed(.turnIsOver)
    stage.feed(.detach(.wanted))
    #expect(stage.feed(.orderRefused(peer, isQueue: false)).killed == [peer])
  }

  /// Terminals that come and go, peers that come, leave and die, and a desk: the terminal is
  /// with one process at most, and given back only when it is with none.
  @Test func theTerminalIsNeverWithTwo() throws {
    let seed = chosenSeed()
    var random = SeededRandom(seed: seed)
    for schedule in 0..<2000 {
      var play = try Play()
      for _ in 0..<60 where play.fault == nil { try play.step(&random) }
      try play.finish()
      if let fault = play.fault {
        Issue.record("schedule \(schedule) of seed \(seed): \(fault)")
        return
      }
    }
  }
}

/// Honest processes around a listener.
private struct Play {
  var stage: Stage
  var fault: String?
  private var holders: Set<Int32> = []
  private var desk: Int32?
  private var nextDesk: Int32 = 1_000_000
  private var toYield = false
  private var toGiveBack: Set<Int32> = []
  private var dying: Set<Int32> = []

  init() throws {
    stage = try Stage()
  }

  mutating func step(_ random: inout SeededRandom) throws {
    let owner = stage.machine.owner?.processID
    switch random.below(12) {
    case 0, 1: if stage.machine.attachment == nil { follow(stage.feed(.attached)) }
    case 2: follow(stage.feed(.detach(.wanted)))
    case 3: if let owner { follow(stage.report(.detachAsked(suspends: false), from: owner)) }
    case 4, 5:
      if stage.machine.sessions.count < 5, let peer = stage.admit() {
        follow(stage.report(.ready, from: peer))
      }
    case 6: if let owner { leave(owner) }
    case 7: if let owner { die(owner) }
    case 8: if let desk { die(desk) }
    case 9, 10: answer()
    default: stage.pass(.milliseconds(Int64(random.below(1500))))
    }
    for process in dying { die(process) }
    follow(stage.feed(.turnIsOver))
  }

  /// The terminal comes back, whatever was under way.
  mutating func finish() throws {
    follow(stage.feed(.detach(.wanted)))
    for _ in 0..<20 where fault == nil {
      answer()
      for process in dying { die(process) }
      stage.pass(.milliseconds(100))
      follow(stage.feed(.turnIsOver))
    }
    if stage.machine.attachment != nil { fault = fault ?? "it does not come back" }
  }

  private mutating func answer() {
    if toYield, let desk {
      toYield = false
      holders.remove(desk)
      self.desk = nil
      follow(stage.report(.released, from: desk))
      follow(stage.feed(.ended(desk, .exited(0), at: .ms(1))))
    }
    for process in toGiveBack {
      holders.remove(process)
      follow(stage.report(.gaveBack, from: process))
    }
    toGiveBack = []
  }

  private mutating func leave(_ process: Int32) {
    holders.remove(process)
    toGiveBack.remove(process)
    follow(stage.report(.released, from: process))
    follow(stage.feed(.ended(process, .exited(0), at: .ms(1))))
  }

  private mutating func die(_ process: Int32) {
    dying.remove(process)
    toGiveBack.remove(process)
    if process == desk {
      desk = nil
      toYield = false
    }
    let held = holders.remove(process) != nil
    let actions = stage.feed(.ended(process, .killed, at: .ms(1)))
    if held, !actions.contains(where: { if case .restoreTerminal = $0 { true } else { false } }) {
      fault = "the terminal is not put back"
    }
    follow(actions)
  }

  private mutating func give(to process: Int32) {
    if !holders.isEmpty { fault = "\(process) gets what \(holders) have" }
    holders.insert(process)
  }

  private mutating func follow(_ actions: [ListenerMachine.Action]) {
    for action in actions {
      switch action {
      case .giveFloor(let process, _, _):
        if stage.machine.attachedProcess == process { give(to: process) }
      case .attach(let process): give(to: process)
      case .startDesk:
        nextDesk += 1
        desk = nextDesk
        follow(stage.feed(.deskStarted(nextDesk)))
      case .order(.yield, _): toYield = true
      case .order(.giveBack, let process): toGiveBack.insert(process)
      case .kill(let process): dying.insert(process)
      case .terminalIsBack:
        if !holders.isEmpty { fault = "\(holders) have what is given back" }
      default: break
      }
    }
  }
}

extension [ListenerMachine.Action] {
  fileprivate var attached: [Int32] {
    compactMap { if case .attach(let process) = $0 { process } else { nil } }
  }

  fileprivate var returned: [AttachEnd] {
    compactMap { if case .terminalIsBack(let end) = $0 { end } else { nil } }
  }
}
