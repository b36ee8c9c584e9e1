import ChatCore
import ChatSecure

/// Bytes that nobody sealed give no words, and no talk: whatever they are, a session
/// fails or waits for more, and says so once.
enum Sessions {
  static func check(_ bytes: [UInt8]) throws(FuzzFinding) {
    let cuts = Cuts(Array(bytes.dropFirst()))
    do {
      // What two ends cost that have shaken hands is a hundred times the rest.
      switch bytes.first ?? 0 {
      case ..<124:
        try hear(client(), cuts, "a client")
      case ..<248:
        let session = try SecureSession(server: contexts.server)
        _ = session.speakEarly(greeting)
        try hear(session, cuts, "a server")
      case ..<252:
        let (client, server) = try established()
        try hear(client, cuts, "a client that talks")
        try hear(server, cuts, "a server that talks")
      default: try change(cuts.data)
      }
    } catch let finding as FuzzFinding {
      throw finding
    } catch {
      throw FuzzFinding(what: "\(error)")
    }
  }

  private static let greeting = Array("SERVER\0".utf8)[...]

  private typealias Contexts = (client: SecureContext, server: SecureContext, key: PrivateKey)

  /// Made once, as programs do. Not changed, which is what OpenSSL wants of threads
  /// that share one (openssl-threads(7)).
  nonisolated(unsafe) private static let contexts: Contexts = {
    do {
      let key = try PrivateKey.random()
      return (try .client(), try .server(key.certificate()), key)
    } catch {
      fatalError("no key: \(error)")
    }
  }()

  private static func client() throws -> SecureSession {
    try SecureSession(client: contexts.client, expecting: nil, ownKey: nil)
  }

  private static func hear(_ session: SecureSession, _ cuts: Cuts, _ who: String) throws {
    let wasEstablished = session.isEstablished
    var hasFailed = false
    var output = 0
    for chunk in cuts.chunks {
      var events = session.receive(chunk)
      output += session.takeOutput().count
      while let event = events.first {
        events.removeFirst()
        try hold(!hasFailed, "\(event) of \(who) after its failure")
        switch event {
        case .failed: hasFailed = true
        case .signatureWanted(let request):
          try hold(SignedForm.of(request) != nil, "\(who) wants \(request) signed")
          events += session.answer(signature: try contexts.key.sign(request))
        case .keyShown, .established, .plaintext, .ended:
          throw FuzzFinding(what: "\(event) of \(who)")
        }
      }
    }
    try hold(session.isEstablished == (wasEstablished && !hasFailed), "\(who) talks")
    try hold(output < 16 * 1024, "\(output) bytes of \(who) for \(cuts.data.count)")
  }

  private static func established() throws -> (client: SecureSession, server: SecureSession) {
    let (client, server) = (try client(), try SecureSession(server: contexts.server))
    for _ in 0..<4 {
      for event in server.receive(client.takeOutput()) {
        if case .signatureWanted(let request) = event {
          _ = server.answer(signature: try contexts.key.sign(request))
        }
      }
      for event in client.receive(server.takeOutput()) {
        if case .keyShown = event { _ = client.judge(accepts: true) }
      }
    }
    try hold(client.isEstablished && server.isEstablished, "no handshake")
    return (client, server)
  }

  /// Three records, and one change of them: to what was said before it nothing
  /// happens, and of what comes after it nothing is heard.
  private static func change(_ bytes: [UInt8]) throws {
    let (client, server) = try established()
    let words = (0..<3).map { Array("word \($0)".utf8) }
    var records: [[UInt8]] = []
    for word in words {
      try client.seal(word[...])
      records.append(client.takeOutput())
    }
    let which = Int(bytes.first ?? 0) % 3
    let place = Int(bytes.dropFirst().first ?? 0) % records[which].count
    let value = bytes.dropFirst(2).first ?? 0
    let isCut = value == 0
    if isCut { records[which].removeSubrange(place...) } else { records[which][place] ^= value }
    let events = server.receive(records.joined())
    var heard: [[UInt8]] = []
    for case .plaintext(let text) in events { heard.append(text) }
    try hold(heard == Array(words[..<which]), "\(heard) where record \(which) was changed")
    if case .failed? = events.last { return }
    // A record whose length was changed, or that was cut, may wait for the rest.
    try hold(isCut || (3...4).contains(place), "no failure where byte \(place) was changed")
  }
}
