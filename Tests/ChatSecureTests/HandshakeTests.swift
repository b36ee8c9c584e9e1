import ChatCore
import Seeded
import Testing

@testable import ChatSecure

@Suite struct HandshakeTests {
  @Test func bothKnowWhoIsThere() throws {
    let own = try PrivateKey.random()
    let duo = try Duo(ownKey: own)
    try duo.run()
    #expect(
      duo.peerOfClient
        == .init(key: duo.serverKey.publicKey, isTemporary: false, isNative: true))
    #expect(duo.peerOfServer == .init(key: own.publicKey, isTemporary: false, isNative: true))
    let nobody = try Duo()
    try nobody.run()
    #expect(nobody.peerOfServer == .init(key: nil, isTemporary: false, isNative: true))
  }

  /// Every chunk size in which a handshake and some talk can come.
  @Test func everyChunkSize() throws {
    let key = try PrivateKey.random()
    for size in Array(1...320) + [500, 1000, 1023, 1024, 1025] {
      let duo = try Duo(serverKey: key, ownKey: key)
      duo.chunk = size
      #expect(duo.server.speakEarly(bytes("SERVER\0")))
      try duo.run()
      try duo.client.seal(bytes("tatyana\0"))
      try duo.server.seal(bytes("floor\0"))
      duo.client.end()
      duo.server.end()
      try duo.run()
      #expect(duo.serverEvents.text == "tatyana\0", "pieces of \(size)")
      #expect(duo.clientEvents.text == "SERVER\0floor\0", "pieces of \(size)")
      #expect(duo.serverEvents.last == .ended)
      #expect(duo.clientEvents.last == .ended)
    }
  }

  @Test func theFirstWordsComeWithTheHandshake() throws {
    let duo = try Duo()
    #expect(duo.server.speakEarly(bytes("SERVER\0")))
    #expect(!duo.server.speakEarly(bytes("again\0")))
    var events = duo.server.receive(duo.client.takeOutput())
    let request = try #require(events.request)
    #expect(duo.server.takeOutput().isEmpty)
    #expect(!duo.server.hasSpoken)
    events = duo.server.answer(signature: try duo.serverKey.sign(request))
    #expect(events == [])
    #expect(duo.server.hasSpoken)
    #expect(!duo.server.isEstablished)
    // One way there and one back: the client has the words.
    #expect(duo.client.receive(duo.server.takeOutput()).text == "SERVER\0")
  }

  /// A client that guessed another group than the server has is asked again (RFC
  /// 8446, 4.1.4); its first words come after the handshake.
  @Test(arguments: ["P-521:X25519", "P-521:P-256", "P-256"])
  func anotherGroupTakesARoundMore(_ groups: String) throws {
    let duo = try Duo(groups: groups)
    #expect(duo.server.speakEarly(bytes("SERVER\0")))
    try duo.run()
    try duo.client.seal(bytes("hi"))
    try duo.run()
    #expect(duo.serverEvents.text == "hi")
    #expect(duo.clientEvents.text == "SERVER\0")
    #expect(duo.server.hasSpoken)
  }

  /// Whenever the answer comes, and whatever came meanwhile.
  @Test func aSignatureCanComeLater() throws {
    let duo = try Duo()
    duo.signs = false
    try duo.run()
    #expect(duo.serverEvents.count == 1)
    let request = try #require(duo.serverEvents.request)
    #expect(SignedForm.of(request) == .serverCertificateVerify)
    #expect(duo.server.isWaitingForAnswer)
    #expect(duo.server.receive([]) == [])
    try duo.answer(try duo.serverKey.sign(request))
    #expect(duo.server.answer(signature: []) == [], "one answer")
    try duo.run()
    #expect(duo.peerOfClient != nil)
    #expect(duo.peerOfServer != nil)
  }

  @Test(arguments: [nil, [], [UInt8](repeating: 0, count: 63)] as [[UInt8]?])
  func noSignatureIsNoHandshake(_ answer: [UInt8]?) throws {
    let duo = try Duo()
    duo.signs = false
    try duo.run()
    try duo.answer(answer)
    try duo.run()
    #expect(duo.serverEvents.failure == .notSigned)
    #expect(duo.peerOfClient == nil)
    // The alert of RFC 8446, 6.2, internal_error.
    #expect(duo.clientEvents.failure == .alert(80))
  }

  /// A server that shows a key whose private half it has not.
  @Test func aSignatureOfAnotherKeyIsRefused() throws {
    let duo = try Duo()
    duo.signs = false
    try duo.run()
    let request = try #require(duo.serverEvents.request)
    try duo.answer(try PrivateKey.random().sign(request))
    try duo.run()
    #expect(duo.peerOfClient == nil)
    #expect(duo.clientEvents.failure == .malformed("a key without its private half"))
  }

  /// A session that is given up in the middle takes nothing along.
  @Test func aPausedSessionCanBeLetGo() throws {
    for _ in 0..<50 {
      let duo = try Duo()
      duo.signs = false
      try duo.run()
      #expect(duo.server.isWaitingForAnswer)
    }
  }

  @Test func anotherKeyThanThePinnedOneIsRefused() throws {
    let own = try PrivateKey.random()
    let duo = try Duo(expects: .another, ownKey: own)
    try duo.run()
    #expect(duo.clientEvents == [.failed(.keyRefused)])
    #expect(duo.peerOfServer == nil, "and was shown no key")
    #expect(duo.serverEvents.failure == .alert(42), "bad_certificate")
  }

  @Test(arguments: [true, false], [true, false])
  func aKeyIsJudgedBeforeOursIsShown(_ accepts: Bool, _ isTemporary: Bool) throws {
    let own = try PrivateKey.random()
    let duo = try Duo(isTemporary: isTemporary, expects: .nothing, ownKey: own)
    try duo.run()
    #expect(
      duo.clientEvents == [.keyShown(duo.serverKey.publicKey, isTemporary: isTemporary)])
    #expect(duo.client.isWaitingForAnswer)
    #expect(duo.peerOfServer == nil)
    duo.clientEvents += duo.client.judge(accepts: accepts)
    #expect(duo.client.judge(accepts: true) == [], "one answer")
    try duo.run()
    if accepts {
      #expect(duo.peerOfServer?.key == own.publicKey)
      #expect(
        duo.peerOfClient
          == .init(key: duo.serverKey.publicKey, isTemporary: isTemporary, isNative: true))
    } else {
      #expect(duo.clientEvents.failure == .keyRefused)
      #expect(duo.peerOfClient == nil)
      #expect(duo.peerOfServer == nil)
    }
  }
}
