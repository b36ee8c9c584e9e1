import ChatCore
import ChatLink
import ChatPosix
import ChatSecure

/// How a server is reached, in TLS or in clear: what has to be done before this
/// process is contained, since it may have to connect twice.
///
/// Of what an unknown server sends no more is looked at than whether it is a
/// handle and one NUL, and then the first byte of its answer.
struct Approach {
  /// What a server may take to answer a ClientHello, after it greeted: one that
  /// ended a C string may wait for its user.
  private static let answerWithin = Duration.seconds(5)
  /// Bytes of one look at a greeting: more than the longest.
  private static let lookLength = 128

  let transport: any Transport
  /// The same, where it is encrypted.
  let secure: SecureTransport?
  let connectedAt: Instant

  static func make(
    _ settings: ClientSettings, _ trust: ServerTrust
  ) throws(ConnectError) -> Approach {
    let socket = try connect(settings)
    if settings.security.isClear { return clear(socket) }
    if trust.demandsEncryption {
      trust.memory.forgetClear()
      trust.memory.prepare()
      return try secure(socket, trust, mayHavePreface: true)
    }
    if trust.memory.known?.trust == .clear { return clear(socket) }

    let connectedAt = now
    switch try meet(socket, at: connectedAt) {
    case .speakClear(let bytes): return clear(socket, beginning: bytes, at: connectedAt)
    case .offerSecure: break
    }
    trust.memory.prepare()
    let approach = try secure(socket, trust, mayHavePreface: false)
    let answer = try answer(to: approach, on: socket)
    if answer == .secure { return approach }
    approach.transport.close()
    let again: FileDescriptor
    do throws(ConnectError) {
      again = try connect(settings)
    } catch {
      if case .interrupted = error { throw error }
      throw .servesOnce
    }
    // A server that says nothing, or leaves, may have other reasons for it.
    if answer == .clear { _ = trust.memory.remember(.clear, ownKey: nil) }
    // Another chatclient may have had better luck.
    do throws(ServerMemory.Failure) {
      try trust.memory.recall()
    } catch {
      throw .refused(.memory(error))
    }
    if trust.isPinned { throw .refused(.answeredInClear(isKnown: true)) }
    trust.memory.close()
    return clear(again)
  }

  private static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }

  private static func connect(_ settings: ClientSettings) throws(ConnectError) -> FileDescriptor {
    let socket = try Connector.connect(
      to: settings.host, port: settings.port, family: settings.family,
      within: settings.connectWithin)
    do throws(SystemCallError) {
      try socket.setPeerOptions()
    } catch {
      throw .system(error)
    }
    return socket
  }

  private static func clear(
    _ socket: FileDescriptor, beginning: [UInt8] = [], at connectedAt: Instant = now
  ) -> Approach {
    Approach(
      transport: SocketTransport(socket, beginning: beginning), secure: nil,
      connectedAt: connectedAt)
  }

  private static func secure(
    _ socket: FileDescriptor, _ trust: ServerTrust, mayHavePreface: Bool
  ) throws(ConnectError) -> Approach {
    let session: SecureSession
    do throws(SecureSetupError) {
      session = try SecureSession(client: .client(), expecting: nil, ownKey: nil)
    } catch {
      throw .security(error)
    }
    let transport = SecureTransport(
      socket, session: session,
      owner: SecureTransport.Owner(judge: { trust.judge($0, isTemporary: $1) }),
      mayHavePreface: mayHavePreface, at: now)
    return Approach(transport: transport, secure: transport, connectedAt: now)
  }

  /// Reads the greeting of a server that is not known.
  private static func meet(
    _ socket: FileDescriptor, at start: Instant
  ) throws(ConnectError) -> FirstContact.Verdict {
    var contact = FirstContact(at: start)
    var buffer = [UInt8](repeating: 0, count: lookLength)
    while true {
      guard let deadline = contact.deadline else {
        preconditionFailure("what is decided is not waited for")
      }
      guard try Connector.wait(for: socket, until: deadline) else {
        if let verdict = contact.tick(at: now) { return verdict }
        continue
      }
      let verdict: FirstContact.Verdict?
      switch Result(catching: { () throws(SystemCallError) in
        try socket.readAvailable(into: &buffer)
      }) {
      case .success(.bytes(let count)):
        verdict = contact.receive(Array(buffer[..<count]), at: now)
      case .success(.wouldBlock): verdict = nil
      // The end is there for the next read, too.
      case .success(.endOfFile), .failure: verdict = contact.end()
      }
      if let verdict { return verdict }
    }
  }

  private enum Answer {
    case secure
    case clear
    /// None in time, or the end.
    case none
  }

  private static func answer(
    to approach: Approach, on socket: FileDescriptor
  ) throws(ConnectError) -> Answer {
    guard (try? approach.transport.flush()) != nil else { return .none }
    let deadline = now.advanced(by: answerWithin)
    while try Connector.wait(for: socket, until: deadline) {
      switch try? socket.peekByte() {
      case .byte(let byte)?: return ArrivalRule.isSecure(byte) ? .secure : .clear
      case .endOfFile?, nil: return .none
      case .wouldBlock?: continue
      }
    }
    return .none
  }
}
