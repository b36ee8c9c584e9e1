import ChatCore
import ChatSecure
import Seeded
import Testing

@Suite struct RecordTests {
  private func talking(ownKey: PrivateKey? = nil) throws -> Duo {
    let duo = try Duo(ownKey: ownKey)
    try duo.run()
    #expect(duo.server.isEstablished && duo.client.isEstablished)
    return duo
  }

  /// One record is one event, of every length around the limits.
  @Test func oneRecordIsOneRead() throws {
    let duo = try talking()
    for count in [1, 2, 255, 256, 257, 16_383, 16_384] {
      duo.serverEvents = []
      let words = [UInt8](repeating: 0x61, count: count)
      try duo.client.seal(words[...])
      try duo.client.seal([0x62])
      try duo.run()
      #expect(duo.serverEvents == [.plaintext(words), .plaintext([0x62])])
    }
  }

  /// A peer that says little in many records takes no more memory than one that says
  /// it in one.
  @Test func aRecordTakesTheMemoryOfWhatItHeld() throws {
    let duo = try talking()
    var sealed: [UInt8] = []
    while sealed.count < 64 * 1024 {
      try duo.client.seal([0x61])
      sealed += duo.client.takeOutput()
    }
    var (count, capacity) = (0, 0)
    for case .plaintext(let bytes) in duo.server.receive(sealed) {
      count += 1
      capacity += bytes.capacity
    }
    #expect(count > 200)
    #expect(capacity < 100 * count)
  }

  @Test func lengthsSayLittle() throws {
    let duo = try talking()
    let lengths = try [1, 10, 100, 200].map { count in
      try duo.client.seal([UInt8](repeating: 0x61, count: count)[...])
      let sealed = duo.client.takeOutput()
      _ = duo.server.receive(sealed)
      return sealed.count
    }
    #expect(Set(lengths).count == 1)
  }

  /// The stream ends anywhere: nothing half is believed, and no end is seen.
  @Test func cutAtEveryByte() throws {
    let key = try PrivateKey.random()
    let whole = try Duo(serverKey: key)
    var sent = 0
    whole.fromClient = { bytes in
      sent += bytes.count
      return bytes
    }
    try whole.run()
    try whole.client.seal(bytes("hi"))
    whole.client.end()
    try whole.run()
    #expect(whole.serverEvents.last == .ended)
    for cut in 0..<sent {
      let duo = try Duo(serverKey: key)
      var left = cut
      duo.fromClient = { bytes in
        let part = Array(bytes.prefix(left))
        left -= part.count
        return part
      }
      try duo.run()
      if duo.client.isEstablished {
        try duo.client.seal(bytes("hi"))
        duo.client.end()
        try duo.run()
      }
      #expect(!duo.serverEvents.contains(.ended), "cut at \(cut)")
      #expect(duo.serverEvents.failure == nil, "cut at \(cut)")
      #expect(["", "hi"].contains(duo.serverEvents.text))
    }
  }

  /// A bit of the handshake is another on its way, in either direction.
  @Test(arguments: [true, false])
  func everyChangedByteOfTheHandshakeIsSeen(_ ofServer: Bool) throws {
    let key = try PrivateKey.random()
    var random = SeededRandom(seed: 16)
    var at = 0
    var isChanged = true
    while isChanged {
      let duo = try Duo(serverKey: key)
      isChanged = false
      var passed = 0
      let change: ([UInt8]) -> [UInt8] = { bytes in
        var bytes = bytes
        if bytes.indices.contains(at - passed) {
          bytes[at - passed] ^= 1 << UInt8(random.below(8))
          isChanged = true
        }
        passed += bytes.count
        return bytes
      }
      if ofServer { duo.fromServer = change } else { duo.fromClient = change }
      try duo.run()
      (duo.fromServer, duo.fromClient) = ({ $0 }, { $0 })
      // A record's version is not looked at (RFC 8446, 5.1), nor is a length
      // that waits for more a fault.
      if duo.peerOfClient != nil, duo.peerOfServer != nil {
        try duo.client.seal(bytes("hi"))
        try duo.run()
        #expect(duo.serverEvents.text == "hi" || duo.serverEvents.failure != nil)
        #expect(at < 3 || !isChanged, "byte \(at) was changed and nobody saw")
      }
      at += 1
    }
    #expect(at > 200)
  }

  @Test func everyChangedByteOfARecordIsSeen() throws {
    let key = try PrivateKey.random()
    var count = 1
    var at = 0
    while at < count {
      let duo = try Duo(serverKey: key)
      try duo.run()
      duo.serverEvents = []
      try duo.client.seal(bytes("hi"))
      var sealed = duo.client.takeOutput()
      count = sealed.count
      sealed[at] ^= 0x10
      let events = duo.server.receive(sealed)
      // The two bytes of a version are bound to the record's key all the same.
      #expect(events.text.isEmpty, "byte \(at)")
      // A length that grew waits for what does not come.
      #expect(events.failure != nil || at == 3, "byte \(at)")
      if events.failure != nil {
        #expect(!duo.server.takeOutput().isEmpty, "an alert")
        #expect(duo.server.receive(sealed) == [], "final")
      }
      at += 1
    }
  }

  @Test func aRecordTwiceIsRefused() throws {
    let duo = try talking()
    try duo.client.seal(bytes("hi"))
    let sealed = duo.client.takeOutput()
    #expect(duo.server.receive(sealed) == [.plaintext(Array(bytes("hi")))])
    #expect(
      duo.server.receive(sealed) == [.failed(.malformed("a record that was changed on its way"))])
  }

  /// What came before a fault in the same read is not lost.
  @Test func whatCameBeforeAFaultIsThere() throws {
    let duo = try talking()
    try duo.client.seal(bytes("hi"))
    let events = duo.server.receive(duo.client.takeOutput() + [0x17, 3, 3, 0, 1, 0])
    #expect(events.first == .plaintext(Array(bytes("hi"))))
    #expect(events.failure != nil)
  }

  @Test(arguments: [true, false])
  func aRecordOverTheLimitIsRefused(_ afterwards: Bool) throws {
    let duo = afterwards ? try talking() : try Duo()
    let events = duo.server.receive([afterwards ? 0x17 : 0x16, 3, 3, 0xff, 0xff])
    #expect(events.failure == .malformed("a record over the limit"))
  }

  /// An end is one direction's: the other goes on.
  @Test func anEndLeavesTheOtherDirection() throws {
    let duo = try talking()
    duo.client.end()
    try duo.run()
    #expect(duo.serverEvents.last == .ended)
    try duo.server.seal(bytes("last words"))
    duo.server.end()
    try duo.run()
    #expect(duo.clientEvents.text == "last words")
    #expect(duo.clientEvents.last == .ended)
    #expect(duo.server.receive([1, 2, 3]) == [])
  }
}
