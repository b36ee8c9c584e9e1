import ChatCore
import ChatLink
import ChatPosix
import ChatSecure
import Testing
import WireSamples

/// What TLS has over a socket and a `PeerLink` does not see.
@Suite struct SecureTransportTests {
  /// A server's end whose signer does not answer, or a client's that is asked
  /// about the key; and the other end's socket.
  private final class Stage {
    let transport: SecureTransport
    let socket: FileDescriptor
    let key: PrivateKey
    private let ends: (FileDescriptor, FileDescriptor)

    init(
      side: Party, pins: Bool = true, owner: SecureTransport.Owner = .init(sign: { _ in nil })
    ) throws {
      let ends = try LinkStage.socketPair()
      key = try .random()
      let session =
        switch side {
        case .server: try SecureSession(server: .server(key.certificate()))
        case .client:
          try SecureSession(
            client: .client(), expecting: pins ? key.publicKey.fingerprint : nil, ownKey: nil)
        }
      transport = SecureTransport(
        ends.0, session: session, owner: owner, mayHavePreface: side == .client, at: at(0))
      socket = ends.1
      self.ends = ends
    }

    deinit {
      ends.0.closeOnce()
      ends.1.closeOnce()
    }

    func sent() throws -> [UInt8] {
      try transport.flush()
      var buffer = [UInt8](repeating: 0, count: 64 * 1024)
      guard case .bytes(let count) = try socket.readAvailable(into: &buffer) else { return [] }
      return Array(buffer[..<count])
    }

    func send(_ bytes: [UInt8]) throws { _ = try socket.writeAvailable(bytes) }
    func send(_ text: String) throws { try send(Array(text.utf8)) }
  }

  private func hello(pinned key: PrivateKey? = nil) throws -> SecureSession {
    try SecureSession(
      client: .client(), expecting: key?.publicKey.fingerprint, ownKey: nil)
  }

  @Test func aSignatureThatComesLaterIsWaitedForAndNothingIsRead() throws {
    var asked: [[UInt8]] = []
    let stage = try Stage(
      side: .server,
      owner: .init(sign: { request in
        asked.append(request)
        return nil
      }))
    let client = try hello(pinned: stage.key)
    try stage.send(client.takeOutput())
    #expect(try stage.transport.read(upTo: 1024) == .wouldBlock)
    #expect(asked.count == 1)
    #expect(stage.transport.interest(reading: true, writing: true) == nil)
    #expect(stage.transport.deadline == at(10_000))
    stage.transport.answer(signature: try stage.key.sign(asked[0]))
    #expect(stage.transport.hasPendingOutput)
    _ = client.receive(try stage.sent())
    #expect(client.isEstablished)
    try stage.send(client.takeOutput())
    #expect(try stage.transport.read(upTo: 1024) == .wouldBlock)
    #expect(stage.transport.peer?.isNative == true)
    #expect(stage.transport.deadline == nil)
  }

  @Test func aHandshakeThatStallsEndsInTime() throws {
    let stage = try Stage(side: .server)
    #expect(stage.transport.deadline == at(10_000))
    try stage.transport.tick(at: at(9_999))
    #expect(throws: Conversation.LinkFailure.self) { try stage.transport.tick(at: at(10_000)) }
    #expect(stage.transport.refusal == .tooSlow)
    #expect(stage.transport.deadline == nil)
  }

  @Test func aRefusedServerIsSentAnAlertAndNothingElse() throws {
    let stage = try Stage(
      side: .client, pins: false, owner: .init(judge: { _, _ in .refused }))
    let other = try PrivateKey.random()
    let server = try SecureSession(server: .server(other.certificate()))
    let events = server.receive(try stage.sent())
    guard case .signatureWanted(let request)? = events.first else { return }
    _ = server.answer(signature: try other.sign(request))
    try stage.send(server.takeOutput())
    #expect(throws: Conversation.LinkFailure.malformed("another key than expected")) {
      try stage.transport.read(upTo: 64 * 1024)
    }
    #expect(stage.transport.refusal == .failure(.keyRefused))
    #expect(throws: Conversation.LinkFailure.self) { try stage.transport.write([1, 2, 3]) }
    #expect(server.receive(try stage.sent()).contains(.failed(.alert(42))))
  }

  @Test(arguments: [
    ("SERVER\0mode turns\0", false, SecureTransport.Refusal.answeredInClear),
    ("SERVER", true, .answeredInClear),
    ("Busy.\n", true, .saidInClear(Array("Busy.".utf8))),
  ])
  func aClientThatSpokeTLSHearsNothingInClear(
    _ text: String, _ ends: Bool, _ refusal: SecureTransport.Refusal
  ) throws {
    let stage = try Stage(side: .client)
    #expect(try stage.sent().first == 0x16, "at once")
    try stage.send(text)
    if ends { try stage.socket.shutdownWrite() }
    #expect(throws: Conversation.LinkFailure.self) {
      for _ in 0..<3 { _ = try stage.transport.read(upTo: 1024) }
    }
    #expect(stage.transport.refusal == refusal)
    #expect(try stage.sent().isEmpty, "and says nothing")
  }

  /// A greeting that nothing follows was no answer: the server is slow, or was cut off.
  @Test func aDroppedGreetingIsNoAnswer() throws {
    let slow = try Stage(side: .client)
    try slow.send("SERVER\0")
    #expect(try slow.transport.read(upTo: 1024) == .wouldBlock)
    #expect(throws: Conversation.LinkFailure.self) { try slow.transport.tick(at: at(10_000)) }
    #expect(slow.transport.refusal == .tooSlow)

    let cut = try Stage(side: .client)
    try cut.send("SERVER\0")
    try cut.socket.shutdownWrite()
    #expect(try cut.transport.read(upTo: 1024) == .wouldBlock)
    #expect(try cut.transport.read(upTo: 1024) == .truncated)
    #expect(cut.transport.refusal == nil)
  }

  @Test func aPrefaceIsDroppedOnce() throws {
    let stage = try Stage(side: .client)
    let server = try SecureSession(server: .server(stage.key.certificate()))
    #expect(server.speakEarly(Array("SERVER\0".utf8)[...]))
    let events = server.receive(try stage.sent())
    guard case .signatureWanted(let request)? = events.first else { return }
    _ = server.answer(signature: try stage.key.sign(request))
    try stage.send("MALLORY\0")
    try stage.send(server.takeOutput())
    #expect(try stage.transport.read(upTo: 64 * 1024) == .bytes(Array("SERVER\0".utf8)))
    #expect(stage.transport.peer?.key == stage.key.publicKey)
  }

  /// A record may be longer than what is asked for.
  @Test func aRecordIsReadInPiecesWhenThatIsWanted() throws {
    let stage = try LinkStage(.secure)
    let words = [UInt8](repeating: 0x61, count: 1000)
    try stage.write(words)
    var read: [UInt8] = []
    // Some of them take a part of it off the socket, and have nothing yet.
    for _ in 0..<20 {
      let before = stage.near.receivedCount
      if case .bytes(let bytes) = try stage.near.read(upTo: 300) {
        #expect(bytes.count <= 300)
        read += bytes
      }
      #expect(stage.near.receivedCount - before <= 300)
    }
    #expect(read == words)
  }
}
