import ChatCore
import ChatPosix
import ChatSecure
import Glibc
import Testing

@testable import ChatServer

/// Who is let in, as a file says it and as the listener sees to it.
@Suite struct AllowListTests {
  private let mike = ConversationReport.key(1)
  private let anna = ConversationReport.key(2)

  private func named(_ name: String) -> Handle { (try? Handle(name)) ?? .guest }

  private func list(_ text: String) -> AllowList { AllowList(text: Array(text.utf8)) }

  @Test func linesAreKeysAndNames() throws {
    let list = list("# people\n\n\(mike) mike\n  \(anna)\tanna  # of the office\r\n")
    #expect(list.damaged == [])
    #expect(list.name(of: mike) == (try Handle("mike")))
    #expect(list.name(of: anna) == (try Handle("anna")))
    #expect(list.name(of: ConversationReport.key(3)) == nil)
    #expect(list.name(of: nil) == nil)
    #expect(AllowList(text: []).damaged == [])
  }

  @Test(arguments: [
    "mike", "KEY", "KEY mike smith", "KEYx mike", "key mike", "KEY toolonganame",
    "KEY mi\u{202e}ke", "MD5:abc mike", "KEY \u{0}", "\u{feff}KEY mike",
  ])
  func whatIsNotThatIsNamedAndLetsNobodyIn(_ line: String) throws {
    let line = line.replacing("KEY", with: "\(mike)")
    let list = list("\(anna) anna\n\(line)\n")
    #expect(list.damaged == [2], "\(line)")
    #expect(list.name(of: mike) == nil)
    #expect(list.name(of: anna) != nil)
  }

  @Test func aKeyHasOneName() throws {
    let list = list("\(mike) mike\n\(mike) mallory\n")
    #expect(list.damaged == [2])
    #expect(list.name(of: mike) == (try Handle("mike")))
  }

  @Test func bytesThatAreNoTextLetNobodyIn() {
    let list = AllowList(text: Array("\(mike) ".utf8) + [0xff, 0xfe, 10])
    #expect(list.name(of: mike) == nil && list.damaged == [1])
  }

  @Test func linesAreAddedChangedAndTaken() throws {
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    var file = AllowList.adding(mike, try Handle("mike"), to: [])
    #expect(text(file) == "\(mike) mike\n")
    file = AllowList.adding(anna, try Handle("anna"), to: Array("# us\n\(mike) mike".utf8))
    #expect(text(file) == "# us\n\(mike) mike\n\(anna) anna\n")
    file = AllowList.adding(mike, try Handle("mick"), to: file)
    #expect(text(file) == "# us\n\(mike) mick\n\(anna) anna\n")
    #expect(AllowList.removing(ConversationReport.key(3), from: file) == nil)
    file = try #require(AllowList.removing(mike, from: file))
    #expect(text(file) == "# us\n\(anna) anna\n")
    let twice = Array("\(mike) a\n\(anna) b\n\(mike)\n".utf8)
    #expect(AllowList.removing(mike, from: twice).map(text) == "\(anna) b\n", "damaged ones too")
    #expect(text(AllowList.adding(mike, try Handle("c"), to: twice)) == "\(mike) c\n\(anna) b\n")
  }

  // MARK: The listener

  private func stage(_ text: String) throws -> Stage {
    var stage = try Stage()
    stage.machine.allowList = list(text)
    return stage
  }

  @Test func onlyThoseInItGetTheFloor() throws {
    var stage = try stage("\(mike) mike\n")
    let unknown = try stage.newcomer()
    #expect(stage.report(.ready, from: unknown).orders(to: unknown) == [.blocked], "no key")
    #expect(stage.state(of: unknown) == .leaving)
    let stranger = try stage.newcomer()
    let actions = stage.report(.proved(anna), from: stranger)
    #expect(actions.orders(to: stranger) == [.blocked])
    #expect(actions.notices.contains { if case .stranger(_, anna) = $0 { true } else { false } })
    #expect(stage.report(.ready, from: stranger).isEmpty, "late, and without effect")
    let unread = try stage.newcomer()
    #expect(stage.report(.unread, from: unread).orders(to: unread) == [.blocked])
    let known = try stage.newcomer()
    stage.report(.proved(mike), from: known)
    stage.report(.ready, from: known)
    #expect(stage.feed(.turnIsOver).floors.map(\.process) == [known])
  }

  @Test func aKeyIsProvedOnce() throws {
    var stage = try stage("\(mike) mike\n")
    let process = try stage.newcomer()
    stage.report(.proved(mike), from: process)
    #expect(stage.report(.proved(mike), from: process).killed == [process])
  }

  /// Who comes again and again is a row once, and then a number.
  @Test func aStrangerIsNamedOnce() throws {
    var stage = try stage("\(mike) mike\n")
    var rows: [ServerNotice] = []
    for _ in 0..<600 {
      let stranger = try stage.newcomer()
      rows += stage.report(.proved(anna), from: stranger).notices
      rows += stage.feed(.ended(stranger, .exited(0), at: .ms(0))).notices
      stage.pass(.seconds(1))
      rows += stage.feed(.turnIsOver).notices
    }
    let named = rows.filter { if case .stranger = $0 { true } else { false } }
    let counted = rows.reduce(0) { sum, notice in
      guard case .turnedAway(let counts) = notice else { return sum }
      return sum + (counts[.notAllowed] ?? 0)
    }
    #expect(named.count == 1)
    #expect(counted > 300 && rows.count < 60, "\(rows.count) rows, \(counted) counted")

    // Once it was let in it is news that it is not.
    stage.feed(.allowListChanged(list("\(mike) mike\n\(anna) anna\n")))
    stage.feed(.allowListChanged(list("\(mike) mike\n")))
    let again = try stage.newcomer()
    #expect(
      stage.report(.proved(anna), from: again).notices.contains {
        if case .stranger = $0 { true } else { false }
      })
  }

  @Test func newKeysWithoutEndAreNotNamedOneByOne() throws {
    var stage = try stage("\(mike) mike\n")
    var named = 0
    for number in 0..<300 {
      stage.pass(.seconds(10))
      let stranger = try stage.newcomer()
      let key = try PrivateKey.random().publicKey.fingerprint
      for case .stranger in stage.report(.proved(key), from: stranger).notices { named += 1 }
      stage.feed(.ended(stranger, .exited(0), at: .ms(Int64(number))))
    }
    #expect(named == ListenerMachine.strangerLimit)
  }

  @Test func whoIsBlockedGoesAndNobodyElse() throws {
    var stage = try stage("\(mike) mike\n\(anna) anna\n")
    let talker = try stage.newcomer()
    let waiter = try stage.newcomer()
    for (process, key) in [(talker, mike), (waiter, anna)] {
      stage.report(.proved(key), from: process)
      stage.report(.ready, from: process)
    }
    stage.feed(.turnIsOver)
    let actions = stage.feed(.allowListChanged(list("\(anna) anna\nrubbish\n")))
    #expect(actions.orders(to: talker) == [.blocked])
    #expect(actions.orders(to: waiter) == [])
    #expect(
      actions.notices.contains {
        if case .blocked(let name) = $0 { name.text == "mike" } else { false }
      })
    #expect(
      actions.notices.contains { if case .damagedLines([2]) = $0 { true } else { false } })
    #expect(stage.feed(.allowListChanged(list("\(anna) anna\n"))).orders(to: talker) == [])
    // It keeps the terminal until it gives it back.
    #expect(stage.feed(.turnIsOver).floors.isEmpty)
    stage.report(.released, from: talker)
    #expect(stage.feed(.turnIsOver).floors.map(\.process) == [waiter])
  }

  @Test func whoIsBlockedHasTheNameOfTheTalk() throws {
    var stage = try stage("\(mike) carl\n")
    let talker = try stage.newcomer()
    stage.report(.proved(mike), from: talker)
    stage.report(.ready, from: talker)
    stage.feed(.turnIsOver)
    #expect(stage.feed(.allowListChanged(list("\(mike) renamed\n"))).orders(to: talker) == [])
    let actions = stage.feed(.allowListChanged(list("")))
    #expect(
      actions.notices.contains {
        if case .blocked(let name) = $0 { name.text == "carl" } else { false }
      })
  }

  @Test func whoIsBlockedAndDoesNotGoIsKilled() throws {
    var stage = try stage("\(mike) mike\n")
    let talker = try stage.newcomer()
    stage.report(.proved(mike), from: talker)
    stage.report(.ready, from: talker)
    stage.feed(.turnIsOver)
    stage.report(.tookFloor, from: talker)
    stage.feed(.allowListChanged(list("")))
    var killed: [Int32] = []
    for _ in 0..<40 {
      stage.pass(.seconds(1))
      // That it is awake does not help it.
      stage.report(.alive, from: talker)
      for action in stage.feed(.turnIsOver) {
        guard case .inspect(let process) = action else { continue }
        killed += stage.feed(.silent(process, isInKernel: false)).killed
      }
    }
    #expect(killed == [talker])
    #expect(stage.session(talker)?.fault == .overdue)
  }

  // MARK: The file

  private func withFile(_ body: (AllowFile) throws -> Void) throws {
    let root = "/tmp/chat-allow-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    try #require(mkdir(root, 0o700) == 0)
    defer {
      for name in ["allow", "allow.lock"] { unlink("\(root)/\(name)") }
      rmdir(root)
    }
    try body(AllowFile(path: root + "/allow"))
  }

  @Test func aChangeIsSeenAndTroubleIsSaidOnce() throws {
    try withFile { file in
      #expect(throws: KeyTrouble.self) { try AllowWatch(file, at: .ms(0)) }
      #expect(try file.change { AllowList.adding(mike, named("mike"), to: $0) })
      var watch = try AllowWatch(file, at: .ms(0))
      #expect(watch.list.name(of: mike) != nil)
      #expect(watch.look(at: .ms(1)) == nil)
      #expect(watch.lookAgainAt == .ms(1_001))
      #expect(try file.change { AllowList.adding(anna, named("anna"), to: $0) })
      guard case .changed(let list)? = watch.look(at: .ms(2)) else {
        Issue.record("no change was seen")
        return
      }
      #expect(list.name(of: anna) != nil)
      #expect(watch.look(at: .ms(3)) == nil)
      chmod(file.path.string, 0o622)
      #expect(watch.look(at: .ms(4)) == .trouble(KeyTrouble(.exposed)))
      #expect(watch.look(at: .ms(5)) == nil)
      #expect(watch.list == list, "who was allowed still is")
      chmod(file.path.string, 0o644)
      #expect(watch.look(at: .ms(6)) == nil)
      unlink(file.path.string)
      #expect(watch.look(at: .ms(7)) != nil)
      #expect(watch.list == list)
    }
  }
}

extension Stage {
  fileprivate mutating func newcomer() throws -> Int32 { try #require(admit()) }
}
