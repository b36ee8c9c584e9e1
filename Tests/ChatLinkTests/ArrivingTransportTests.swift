import ChatCore
import ChatLink
import ChatPosix
import ChatSecure
import Testing
import WireSamples

/// A connection whose first byte says what it is, below a `PeerLink` that greets.
@Suite struct ArrivingTransportTests {
  private final class Stage {
    let key: PrivateKey
    let transport: ArrivingTransport
    let link: PeerLink
    let socket: FileDescriptor
    var now = at(0)
    /// How often a signature was asked for, and the right to one given up.
    private(set) var asked = 0
    private(set) var gaveUp = 0
    private var isClosed = false

    init(
      requiresEncryption: Bool = false, signs: Bool = true,
      admits: ((Fingerprint?) -> Bool)? = nil
    ) throws {
      let ends = try LinkStage.socketPair()
      socket = ends.1
      let key = try PrivateKey.random()
      self.key = key
      var count: () -> Void = {}
      var release: () -> Void = {}
      transport = ArrivingTransport(
        ends.0,
        ArrivingTransport.Terms(
          context: try .server(key.certificate()), requiresEncryption: requiresEncryption,
          refusal: Array("Sorry.\n".utf8), admits: admits),
        at: at(0),
        sign: { request in
          count()
          return signs ? (try? key.sign(request)) ?? [] : []
        }, spokeClear: { release() })
      link = PeerLink(
        transport, side: .server, ownHandle: try Handle("SERVER"), phrases: .samples, at: now)
      link.send(.greeting)
      count = { [unowned self] in asked += 1 }
      release = { [unowned self] in gaveUp += 1 }
    }

    deinit {
      if !isClosed { transport.close() }
      socket.closeOnce()
    }

    /// Turns until nothing more happens, as the programs take them.
    @discardableResult
    func turn() throws -> [Conversation.Event] {
      var all: [Conversation.Event] = []
      var poller = Poller()
      for _ in 0..<20 {
        let ready = try link.interest.map { try poller.poll([$0], timeoutMilliseconds: 0) } ?? []
        var events: [Conversation.Event] = []
        if ready.contains(where: \.canRead) { events += link.receive(at: now) }
        if let deadline = link.deadline, now >= deadline { events += link.tick(at: now) }
        events += link.flush(at: now)
        all += events
      }
      return all
    }

    func finish() {
      link.finish(within: .seconds(1))
      isClosed = true
    }

    func send(_ bytes: [UInt8]) throws { _ = try socket.writeAvailable(bytes) }

    func sent() throws -> [UInt8] {
      var buffer = [UInt8](repeating: 0, count: 64 * 1024)
      guard case .bytes(let count) = try socket.readAvailable(into: &buffer) else { return [] }
      return Array(buffer[..<count])
    }

    func client(pinned: Bool = true, ownKey: PrivateKey? = nil) throws -> SecureSession {
      try SecureSession(
        client: .client(), expecting: pinned ? key.publicKey.fingerprint : nil, ownKey: ownKey)
    }

    /// Carries what the client and the server say to each other, `piece` bytes of the
    /// client's at once, and gives what the client opened.
    func talk(_ client: SecureSession, piece: Int = .max) throws -> String {
      var opened: [UInt8] = []
      while true {
        let words = client.takeOutput()
        for start in stride(from: 0, to: words.count, by: min(piece, max(1, words.count))) {
          try send(Array(words[start..<min(words.count, start + min(piece, words.count))]))
          try turn()
        }
        try turn()
        let answer = try sent()
        if answer.isEmpty, words.isEmpty { break }
        for case .plaintext(let bytes) in client.receive(answer) { opened += bytes }
      }
      return String(decoding: opened, as: UTF8.self)
    }
  }

  @Test(arguments: [1, 7, 300, Int.max])
  func whoBeginsWithTLSHearsNoByteInClear(_ piece: Int) throws {
    let stage = try Stage()
    let client = try stage.client()
    #expect(try stage.talk(client, piece: piece) == "SERVER\0")
    #expect(client.isEstablished)
    #expect(stage.asked == 1 && stage.gaveUp == 0)
    #expect(stage.transport.link.isSecure)
    try client.seal(bytes("tatyana\0"))
    try stage.send(client.takeOutput())
    let handle = try Handle("tatyana")
    #expect(try stage.turn().contains(.introduced(handle, .native)))
  }

  @Test func theGreetingWaitsForTheFirstByteAndIsSaidAgainInside() throws {
    let stage = try Stage()
    stage.now = at(99)
    try stage.turn()
    #expect(try stage.sent() == [])
    #expect(stage.link.interest?.write == false, "nothing to be woken for")
    stage.now = at(100)
    try stage.turn()
    #expect(try stage.sent() == Array("SERVER\0".utf8))
    stage.now = at(3_000)
    let client = try stage.client()
    #expect(try stage.talk(client) == "SERVER\0")
    #expect(stage.asked == 1 && stage.gaveUp == 0)
  }

  @Test func whoSpeaksInClearIsGreetedAtOnceAndGivesUpTheSignature() throws {
    let stage = try Stage()
    try stage.send(Array("mike\n".utf8))
    let handle = try Handle("mike")
    #expect(try stage.turn().contains(.introduced(handle, .line)))
    #expect(try stage.sent().starts(with: Array("SERVER\0".utf8)))
    #expect(stage.asked == 0 && stage.gaveUp == 1)
    #expect(stage.transport.link == .clear)
    // A handshake after a clear byte is text like any other.
    try stage.send(try stage.client().takeOutput())
    try stage.turn()
    #expect(stage.asked == 0)
  }

  @Test(arguments: [false, true])
  func theEndOfFileIsOneInClear(_ isGreeted: Bool) throws {
    let stage = try Stage()
    if isGreeted { stage.now = at(100) }
    try stage.turn()
    try stage.socket.shutdownWrite()
    #expect(try stage.turn().contains(.ended))
    #expect(stage.gaveUp == 1)
  }

  @Test func anAlertBeforeAnythingIsAnsweredByNothing() throws {
    let stage = try Stage()
    try stage.send([0x15, 3, 3, 0, 2, 2, 40])
    #expect(
      try stage.turn().contains(.failed(.broken("an alert of TLS and no handshake"))))
    stage.finish()
    // A reset, since the alert is left unread.
    #expect(((try? stage.sent()) ?? []) == [])
    #expect(stage.gaveUp == 1)
  }

  @Test(arguments: [false, true])
  func whereEncryptionIsWantedClearWordsAreTold(_ isSilent: Bool) throws {
    let stage = try Stage(requiresEncryption: true)
    if isSilent {
      stage.now = at(100)
      try stage.turn()
      #expect(try stage.sent() == Array("SERVER\0".utf8))
      stage.now = at(10_099)
      #expect(try stage.turn() == [])
      stage.now = at(10_100)
    } else {
      try stage.send(Array("mike\nhello\n".utf8))
    }
    #expect(try stage.turn().contains(.failed(.broken("no encryption"))))
    stage.finish()
    #expect(
      String(decoding: try stage.sent(), as: UTF8.self) == (isSilent ? "" : "SERVER\0") + "Sorry.\n"
    )
    #expect(stage.gaveUp == 1)
  }

  @Test func whereEncryptionIsWantedItIsServed() throws {
    let stage = try Stage(requiresEncryption: true)
    #expect(try stage.talk(try stage.client()) == "SERVER\0")
  }

  @Test func aHandshakeThatStallsAtAnyByteEndsInTime() throws {
    let length = try Stage().client().takeOutput().count
    for count in 1..<length {
      let stage = try Stage()
      try stage.send(Array(try stage.client().takeOutput().prefix(count)))
      #expect(try stage.turn().filter { $0 != .received } == [])
      #expect(try stage.sent() == [], "after \(count)")
      stage.now = at(9_999)
      #expect(try stage.turn().filter { $0 != .received } == [])
      stage.now = at(10_000)
      #expect(try stage.turn().contains(.failed(.broken("no encryption in time"))))
    }
  }

  @Test func soDoesOneThatStallsInItsSecondHalf() throws {
    let whole = try Stage()
    let first = try whole.client(ownKey: .random())
    try whole.send(first.takeOutput())
    try whole.turn()
    _ = first.receive(try whole.sent())
    let length = first.takeOutput().count
    for count in stride(from: 0, to: length, by: 3) {
      let stage = try Stage()
      let client = try stage.client(ownKey: .random())
      try stage.send(client.takeOutput())
      try stage.turn()
      _ = client.receive(try stage.sent())
      let rest = Array(client.takeOutput().prefix(count))
      if !rest.isEmpty { try stage.send(rest) }
      #expect(try stage.turn().filter { $0 != .received } == [])
      stage.now = at(10_000)
      #expect(try stage.turn().contains(.failed(.broken("no encryption in time"))), "\(count)")
    }
  }

  /// Somebody who is silent for long has no right to a signature any more.
  @Test func aHandshakeAfterTheLimitIsTooLate() throws {
    let stage = try Stage()
    stage.now = at(100)
    try stage.turn()
    _ = try stage.sent()
    stage.now = at(10_000)
    try stage.send(try stage.client().takeOutput())
    #expect(try stage.turn().contains(.failed(.broken("no encryption in time"))))
  }

  @Test func withoutASignatureThereIsAnAlert() throws {
    let stage = try Stage(signs: false)
    let client = try stage.client()
    try stage.send(client.takeOutput())
    #expect(try stage.turn().contains(.failed(.broken("no signature for our key"))))
    #expect(client.receive(try stage.sent()).contains(.failed(.alert(80))))
  }

  @Test(arguments: [false, true])
  func nothingIsSaidBeforeAKeyIsAdmitted(_ waits: Bool) throws {
    let own = try PrivateKey.random()
    var judged: [Fingerprint?] = []
    let stage = try Stage(admits: {
      judged.append($0)
      return $0 == own.publicKey.fingerprint
    })
    if waits {
      stage.now = at(100)
      try stage.turn()
      #expect(try stage.sent() == Array("SERVER\0".utf8))
    }
    let client = try stage.client(ownKey: own)
    try stage.send(client.takeOutput())
    try stage.turn()
    let events = client.receive(try stage.sent())
    #expect(!events.contains { if case .plaintext = $0 { true } else { false } })
    #expect(judged == [])
    #expect(stage.link.interest?.write != true, "it does not spin")
    #expect(try stage.talk(client) == "SERVER\0")
    #expect(judged == [own.publicKey.fingerprint])
  }

  @Test(arguments: [false, true])
  func whoIsNotAdmittedReadsTheSentenceAndACleanEnd(_ hasKey: Bool) throws {
    let stage = try Stage(admits: { _ in false })
    let key = hasKey ? try PrivateKey.random() : nil
    let client = try stage.client(ownKey: key)
    try stage.send(client.takeOutput())
    try stage.turn()
    _ = client.receive(try stage.sent())
    try client.seal(bytes("mallory\0say 1 hi\0"))
    try stage.send(client.takeOutput())
    let events = try stage.turn()
    let why = key.map { "the key \($0.publicKey.fingerprint) is not allowed" } ?? "no key"
    #expect(events.contains(.failed(.broken(why))))
    #expect(!events.contains { if case .introduced = $0 { true } else { false } })
    stage.finish()
    let answer = client.receive(try stage.sent())
    #expect(answer == [.plaintext(Array("Sorry.\n".utf8)), .ended])
  }
}

/// One that is not let in costs nothing any more, whatever it does.
extension ArrivingTransportTests {
  @Test(arguments: [false, true])
  func whoIsNotAdmittedIsDoneWithAtOnce(_ ends: Bool) throws {
    let stage = try Stage(admits: { _ in false })
    let client = try stage.client()
    try stage.send(client.takeOutput())
    try stage.turn()
    _ = client.receive(try stage.sent())
    try stage.send(client.takeOutput())
    if ends {
      client.end()
      try stage.send(client.takeOutput())
      try stage.socket.shutdownWrite()
    }
    #expect(try stage.turn().contains(.failed(.broken("no key"))))
    // Its conversation may have a close to record, and again and again.
    for _ in 0..<3 {
      #expect(stage.link.interest == nil, "nothing to be woken for")
      #expect(stage.link.deadline == nil)
      #expect(stage.link.isFlushed)
      _ = stage.link.flush(at: stage.now)
    }
    let clock = ContinuousClock()
    #expect(clock.measure { stage.finish() } < .milliseconds(500))
    #expect(client.receive(try stage.sent()) == [.plaintext(Array("Sorry.\n".utf8)), .ended])
  }
}

private func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

extension ArrivingTransport.Link {
  fileprivate var isSecure: Bool {
    if case .secure(.some) = self { true } else { false }
  }
}
