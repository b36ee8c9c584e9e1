import ChatCore
import ChatSecure
import Seeded
import Testing

/// What comes to a server's port, and to a client that was led astray.
@Suite struct StrangerTests {
  private func server() throws -> SecureSession {
    try SecureSession(server: .server(try PrivateKey.random().certificate()))
  }

  @Test func anEndlessHandshakeIsGivenUp() throws {
    // One ClientHello of 16 MiB, in records of 16 KiB.
    let session = try server()
    let body = [UInt8](repeating: 0, count: 16 * 1024 - 4)
    var events = session.receive([0x16, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff] + body)
    for _ in 0..<10 where events.failure == nil {
      events = session.receive([0x16, 3, 1, 0x40, 0, 0, 0, 0, 0] + body)
    }
    #expect(events.failure != nil)

    // And one of 128 KiB, which OpenSSL alone would wait for.
    let other = try server()
    events = other.receive([0x16, 3, 1, 0x40, 0, 1, 1, 0xff, 0] + body)
    var taken = body.count
    while events.failure == nil, taken < 200_000 {
      events = other.receive([0x16, 3, 1, 0x40, 0, 0, 0, 0, 0] + body)
      taken += body.count
    }
    #expect(events.failure == .overLimit)
    #expect(taken <= 3 * body.count)
  }

  /// As much as one record holds, and not a byte more, however it is cut.
  @Test func aHelloHasTheLengthOfARecord() throws {
    func record(_ bytes: [UInt8]) -> [UInt8] {
      [0x16, 3, 1, UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)] + bytes
    }
    let longest = 16 * 1024
    for (length, isOver) in [(longest, false), (longest + 1, true), (longest + 5_000, true)] {
      let body = [UInt8](repeating: 0, count: length - 4)
      let size = body.count
      let message = [1, 0, UInt8(size >> 8), UInt8(size & 0xff)] + body
      let rest = Array(message.dropFirst(longest))
      let sent = record(Array(message.prefix(longest))) + (rest.isEmpty ? [] : record(rest))
      for piece in [1, 1000, sent.count] {
        let session = try server()
        var events: [SecureSession.Event] = []
        for part in Duo.pieces(sent, piece) { events += session.receive(part) }
        #expect((events.failure == .overLimit) == isOver, "\(length) in pieces of \(piece)")
        #expect(events.failure != nil)
      }
    }
  }

  @Test func whatComesWhileASignatureIsMissingIsLimited() throws {
    let duo = try Duo()
    duo.signs = false
    try duo.run()
    var events: [SecureSession.Event] = []
    for _ in 0..<100 where events.isEmpty {
      events = duo.server.receive([UInt8](repeating: 0x17, count: 1024))
    }
    #expect(events == [.failed(.overLimit)])
  }

  @Test func noiseIsRefusedAndNeverTrapped() throws {
    var random = SeededRandom(seed: 1027)
    for round in 0..<300 {
      let duo = try Duo()
      if round % 3 == 1 { try duo.run() }
      var noise = (0..<random.below(600)).map { _ in UInt8(random.below(256)) }
      if round % 2 == 0 { noise = [0x16, 3, 1] + noise }
      for session in [duo.server, duo.client] {
        var events: [SecureSession.Event] = []
        for piece in Duo.pieces(noise, 1 + random.below(50)) { events += session.receive(piece) }
        _ = session.takeOutput()
        #expect(events.text.isEmpty)
        #expect(!events.contains(.ended))
      }
    }
  }

  /// A ClientHello of TLS 1.2, as `openssl s_client -tls1_2` begins it.
  @Test func anOlderVersionIsRefusedWithItsAlert() throws {
    let session = try server()
    let hello: [UInt8] =
      [3, 3] + [UInt8](repeating: 7, count: 32) + [0, 0, 2, 0xc0, 0x2b, 1, 0]
    let message = [1, 0, 0, UInt8(hello.count)] + hello
    let events = session.receive([0x16, 3, 1, 0, UInt8(message.count)] + message)
    #expect(events == [.failed(.malformed("a version of TLS before 1.3"))])
    // A fatal alert, protocol_version.
    #expect(session.takeOutput() == [0x15, 3, 3, 0, 2, 2, 70])
  }

  @Test func anAlertFirstIsAFailure() throws {
    let duo = try Duo()
    #expect(duo.client.receive([0x15, 3, 3, 0, 2, 2, 40]) == [.failed(.alert(40))])
  }

  /// ALPN (RFC 7301): another list is refused, with no_application_protocol.
  @Test func anotherProtocolIsRefused() throws {
    for (from, to) in [("chatserve/1", "chatserve/2"), ("chatserve/1", "abcdefgh/11")] {
      let duo = try Duo()
      let hello = duo.client.takeOutput()
      let name = Array(from.utf8)
      let start = try #require(
        hello.indices.first { hello[$0...].starts(with: name) })
      var changed = hello
      changed.replaceSubrange(start..<start + name.count, with: Array(to.utf8))
      #expect(
        duo.server.receive(changed).failure == .malformed("another protocol inside TLS"))
      #expect(duo.server.takeOutput() == [0x15, 3, 3, 0, 2, 2, 120])
    }
  }

  @Test func aServersOwnHelloSentBackIsRefused() throws {
    let duo = try Duo()
    let hello = duo.client.takeOutput()
    #expect(duo.client.receive(hello).failure != nil)
  }
}
