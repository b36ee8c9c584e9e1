import ChatSecure
import Glibc
import Testing

@testable import ChatClient

/// Which key of a server is taken, and what becomes of it.
@Suite struct ServerTrustTests {
  private static func trust(
    _ home: Home, _ change: (inout SecurityOptions) -> Void = { _ in }
  ) throws -> ServerTrust {
    var options = SecurityOptions()
    change(&options)
    let trust = ServerTrust(options, try home.memory())
    trust.memory.prepare()
    return trust
  }

  /// Judges `key`, and settles where it is accepted.
  @discardableResult
  private static func meet(
    _ trust: ServerTrust, _ key: PrivateKey, isTemporary: Bool = false
  ) -> (accepted: Bool, shown: PrivateKey?, meeting: ServerTrust.Meeting?) {
    guard case .accepted(let shown) = trust.judge(key.publicKey, isTemporary: isTemporary) else {
      return (false, nil, nil)
    }
    return (true, shown, trust.settle())
  }

  @Test func aNewServerIsRememberedWithAKeyForItAlone() throws {
    let home = try Home()
    let key = try PrivateKey.random()
    let first = Self.meet(try Self.trust(home), key)
    guard case .remembered(key.publicKey.fingerprint)? = first.meeting else {
      Issue.record("\(first)")
      return
    }
    let trust = try Self.trust(home)
    #expect(trust.demandsEncryption && trust.isPinned)
    let second = Self.meet(trust, key)
    guard case .known? = second.meeting else {
      Issue.record("\(second)")
      return
    }
    #expect(second.shown?.publicKey == first.shown?.publicKey && first.shown != nil)
  }

  /// That the server has the key is proved after it is judged.
  @Test func aKeyThatIsNotProvedIsNotRemembered() throws {
    let home = try Home()
    let trust = try Self.trust(home)
    guard case .accepted = trust.judge(try PrivateKey.random().publicKey, isTemporary: false)
    else {
      Issue.record("refused")
      return
    }
    #expect(try home.text() == "")
  }

  @Test func anotherKeyThanTheKnownOneIsRefusedAndShownNothing() throws {
    let home = try Home()
    Self.meet(try Self.trust(home), try .random())
    let text = try home.text()
    for isTemporary in [false, true] {
      let trust = try Self.trust(home)
      let other = try PrivateKey.random()
      #expect(!Self.meet(trust, other, isTemporary: isTemporary).accepted)
      guard case .otherKey(other.publicKey.fingerprint, since: _)? = trust.refusal else {
        Issue.record("\(String(describing: trust.refusal))")
        return
      }
      #expect(trust.shownKey == nil)
    }
    #expect(try home.text() == text)
  }

  @Test func aTemporaryKeyIsNotRemembered() throws {
    let home = try Home()
    let met = Self.meet(try Self.trust(home), try .random(), isTemporary: true)
    guard case .temporary? = met.meeting else {
      Issue.record("\(met)")
      return
    }
    #expect(met.shown == nil)
    #expect(try home.text() == "")
  }

  @Test func theKeyThatIsNamedIsTheOnlyOne() throws {
    let home = try Home()
    let (wanted, other) = (try PrivateKey.random(), try PrivateKey.random())
    let first = try Self.trust(home) { $0.key = wanted.publicKey.fingerprint }
    #expect(first.demandsEncryption)
    #expect(!Self.meet(first, other).accepted)
    guard case .unwantedKey? = first.refusal else {
      Issue.record("\(String(describing: first.refusal))")
      return
    }
    #expect(try home.text() == "")
    #expect(
      Self.meet(try Self.trust(home) { $0.key = wanted.publicKey.fingerprint }, wanted).accepted)
    // Another than is known is not even tried.
    let third = try Self.trust(home) { $0.key = other.publicKey.fingerprint }
    #expect(throws: ServerRefusal.self) { try third.check(canAsk: true) }
  }

  @Test func clearIsNotForAServerThatWasEncrypted() throws {
    let home = try Home()
    #expect(throws: Never.self) {
      try Self.trust(home) { $0.isClear = true }.check(canAsk: false)
    }
    Self.meet(try Self.trust(home), try .random())
    #expect(throws: ServerRefusal.self) {
      try Self.trust(home) { $0.isClear = true }.check(canAsk: true)
    }
  }

  @Test func aQuestionNeedsSomebodyAndANewServer() throws {
    let home = try Home()
    let key = try PrivateKey.random()
    #expect(throws: ServerRefusal.self) {
      try Self.trust(home) { $0.asksForKey = true }.check(canAsk: false)
    }
    let trust = try Self.trust(home) { $0.asksForKey = true }
    try trust.check(canAsk: true)
    _ = trust.judge(key.publicKey, isTemporary: false)
    #expect(trust.asks)
    _ = trust.settle()
    let again = try Self.trust(home) { $0.asksForKey = true }
    try again.check(canAsk: false)
    _ = again.judge(key.publicKey, isTemporary: false)
    #expect(!again.asks)
  }

  /// Another chatclient met the server between the look and the key.
  @Test(arguments: [false, true])
  func whoComesSecondTakesWhatTheFirstRemembered(isSameKey: Bool) throws {
    let home = try Home()
    let key = try PrivateKey.random()
    let second = try Self.trust(home)
    let first = Self.meet(try Self.trust(home), key)
    let met = Self.meet(second, isSameKey ? key : try .random())
    #expect(met.accepted == isSameKey)
    #expect(met.shown?.publicKey == (isSameKey ? first.shown?.publicKey : nil))
    // And between the key and its proof.
    let (third, fourth) = (try Home(), try PrivateKey.random())
    let slow = try Self.trust(third)
    _ = slow.judge(fourth.publicKey, isTemporary: false)
    Self.meet(try Self.trust(third), isSameKey ? fourth : key)
    let meeting = slow.settle()
    if isSameKey {
      guard case .known? = meeting else {
        Issue.record("\(String(describing: meeting))")
        return
      }
    } else {
      #expect(meeting == nil)
      guard case .otherKey? = slow.refusal else {
        Issue.record("\(String(describing: slow.refusal))")
        return
      }
    }
  }

  /// It spoke in clear once, and is to be spoken to in TLS.
  @Test func whatWasClearBecomesEncryptedWhenThatIsWanted() throws {
    let home = try Home()
    let first = try Self.trust(home)
    guard case .done = first.memory.remember(.clear, ownKey: nil) else {
      Issue.record("not remembered")
      return
    }
    let trust = try Self.trust(home) { $0.requiresEncryption = true }
    try trust.memory.forgetClear()
    trust.memory.prepare()
    let met = Self.meet(trust, try .random())
    guard case .remembered? = met.meeting else {
      Issue.record("\(met)")
      return
    }
    #expect(try Self.trust(home).isPinned)
  }

  /// And what another chatclient remembers meanwhile of an answer in clear is no key.
  @Test func anAnswerInClearIsNotAnotherKey() throws {
    let home = try Home()
    let trust = try Self.trust(home) { $0.requiresEncryption = true }
    guard case .done = try Self.trust(home).memory.remember(.clear, ownKey: nil) else {
      Issue.record("not remembered")
      return
    }
    let met = Self.meet(trust, try .random())
    guard case .remembered? = met.meeting else {
      Issue.record("\(met) \(String(describing: trust.refusal))")
      return
    }
    #expect(try Self.trust(home).isPinned)
  }

  /// Where the file cannot be written, neither does the answer in clear count.
  @Test func whatCannotBeForgottenIsAnObstacle() throws {
    let home = try Home()
    _ = try Self.trust(home).memory.remember(.clear, ownKey: nil)
    let trust = try Self.trust(home) { $0.requiresEncryption = true }
    // As a directory where the file was, since root may write every file.
    try #require(rename(home.file, home.file + ".old") == 0 && mkdir(home.file, 0o700) == 0)
    try trust.memory.forgetClear()
    try #require(rmdir(home.file) == 0 && rename(home.file + ".old", home.file) == 0)
    trust.memory.prepare()
    let met = Self.meet(trust, try .random())
    guard case .notRemembered? = met.meeting else {
      Issue.record("\(met) \(String(describing: trust.refusal))")
      return
    }
    #expect(try home.text().contains("\nclear\n"))
  }

  /// Two first contacts, of which the one pins while the other is about to talk in clear.
  @Test(arguments: [false, true], [false, true])
  func clearTextIsLookedAtOnceMore(isClear: Bool, isPrepared: Bool) throws {
    let home = try Home()
    var options = SecurityOptions()
    options.isClear = isClear
    let slow = ServerTrust(options, try home.memory())
    if isPrepared { slow.memory.prepare() }
    try slow.check(canAsk: false)
    try slow.checkClear()
    Self.meet(try Self.trust(home), try .random())
    let refusal = #expect(throws: ServerRefusal.self) { try slow.checkClear() }
    switch refusal {
    case .clearWanted? where isClear: break
    case .answeredInClear(isKnown: true)? where !isClear: break
    default: Issue.record("\(String(describing: refusal))")
    }
    try home.write("damaged")
    #expect(throws: ServerRefusal.self) {
      try ServerTrust(options, slow.memory).checkClear()
    }
  }

  /// The same, where both remember what they found.
  @Test func aPinIsNotForgottenAsAnAnswerInClear() throws {
    let home = try Home()
    _ = try Self.trust(home).memory.remember(.clear, ownKey: nil)
    let slow = try Self.trust(home) { $0.requiresEncryption = true }
    let key = try PrivateKey.random()
    let fast = try Self.trust(home) { $0.requiresEncryption = true }
    try fast.memory.forgetClear()
    Self.meet(fast, key)
    let text = try home.text()
    try slow.memory.forgetClear()
    #expect(slow.isPinned)
    #expect(try home.text() == text)
    #expect(!Self.meet(slow, try .random()).accepted)
  }

  @Test func aQuestionAboutAKeyIsForEncryption() throws {
    let home = try Home()
    #expect(try Self.trust(home) { $0.asksForKey = true }.demandsEncryption)
    #expect(try !Self.trust(home).demandsEncryption)
  }
}
