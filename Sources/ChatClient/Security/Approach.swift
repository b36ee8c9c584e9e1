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
  /// How soon a server leaves that ended a C string and does not know what it was
  /// answered. One that leaves later was at work on an answer.
  private static let leavesWithin = Duration.seconds(5)
  /// Bytes of one look at a greeting: more than the longest.
  private static let lookLength = 128

  let transport: any Transport
  /// The same, where it is encrypted.
  let secure: SecureTransport?
  /// What the session was made of.
  var context: SecureContext?
  let connectedAt: Instant

  static func make(
    _ settings: ClientSettings, _ trust: ServerTrust, _ dialer: DialerLink,
    _ terminal: ConnectingTerminal
  ) throws(ConnectError) -> Approach {
    let socket = try dialer.connect(within: settings.connectWithin, terminal)
    if settings.security.isClear { return try clear(socket, trust) }
    if trust.demandsEncryption {
      try prepare(trust.memory)
      return try secure(socket, trust, mayHavePreface: true)
    }
    if trust.memory.isClearToday { return try clear(socket, trust) }

    let connectedAt = now
    switch try meet(socket, terminal, at: connectedAt) {
    case .speakClear(let bytes):
      return try clear(socket, trust, beginning: bytes, at: connectedAt)
    case .offerSecure: break
    }
    try prepare(trust.memory)
    let approach = try secure(socket, trust, mayHavePreface: false)
    let answer = try answer(to: approach, terminal)
    if answer == .secure { return approach }
    approach.transport.close()
    // Of a server that encrypts and is slow it would be wrong to think less.
    if answer == .none { throw .refused(.noAnswer) }
    let again: FileDescriptor
    do throws(ConnectError) {
      again = try dialer.connect(within: settings.connectWithin, terminal)
    } catch {
      if case .interrupted = error { throw error }
      throw .servesOnce
    }
    // A server that leaves may have other reasons for it. What comes of remembering
    // is looked at once more before anything is said.
    if answer == .clear { _ = trust.memory.remember(.clear, ownKey: nil) }
    return try clear(again, trust)
  }

  private static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }

  /// Has the server remembered as soon as it has proved a key, also one that was not
  /// asked for any today.
  private static func prepare(_ memory: ServerMemory) throws(ConnectError) {
    do throws(ServerMemory.Failure) {
      try memory.forgetClear()
    } catch {
      throw .refused(.memory(error))
    }
    memory.prepare()
  }

  private static func clear(
    _ socket: FileDescriptor, _ trust: ServerTrust, beginning: [UInt8] = [],
    at connectedAt: Instant = now
  ) throws(ConnectError) -> Approach {
    do throws(ServerRefusal) {
      try trust.checkClear()
    } catch {
      socket.closeOnce()
      throw .refused(error)
    }
    trust.memory.close()
    return Approach(
      transport: SocketTransport(socket, beginning: beginning), secure: nil,
      connectedAt: connectedAt)
  }

  private static func secure(
    _ socket: FileDescriptor, _ trust: ServerTrust, mayHavePreface: Bool
  ) throws(ConnectError) -> Approach {
    let session: SecureSession
    let context: SecureContext
    do throws(SecureSetupError) {
      context = try .client()
      session = try SecureSession(client: context, expecting: nil, ownKey: nil)
    } catch {
      throw .security(error)
    }
    let transport = SecureTransport(
      socket, session: session,
      owner: SecureTransport.Owner(judge: { trust.judge($0, isTemporary: $1) }),
      mayHavePreface: mayHavePreface, at: now)
    return Approach(transport: transport, secure: transport, context: context, connectedAt: now)
  }

  /// Reads the greeting of a server that is not known.
  private static func meet(
    _ socket: FileDescriptor, _ terminal: ConnectingTerminal, at start: Instant
  ) throws(ConnectError) -> FirstContact.Verdict {
    var contact = FirstContact(at: start)
    var buffer = [UInt8](repeating: 0, count: lookLength)
    while true {
      guard let deadline = contact.deadline else {
        preconditionFailure("what is decided is not waited for")
      }
      guard try Waiting.wait(for: socket, until: deadline, terminal) else {
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
    /// It left at once.
    case left
    /// It is still there, or was for long.
    case none
  }

  /// Looks at the first byte of the answer, and takes none.
  private static func answer(
    to approach: Approach, _ terminal: ConnectingTerminal
  ) throws(ConnectError) -> Answer {
    let (transport, asked) = (approach.transport, approach.connectedAt)
    guard (try? transport.flush()) != nil else { return .left }
    let deadline = asked.advanced(by: SecureTransport.handshakeWithin)
    while try Waiting.wait(for: transport.descriptor, until: deadline, terminal) {
      switch try? transport.descriptor.peekByte() {
      case .byte(let byte)?: return ArrivalRule.isSecure(byte) ? .secure : .clear
      case .endOfFile?, nil: return now.duration(since: asked) < leavesWithin ? .left : .none
      case .wouldBlock?: continue
      }
    }
    return .none
  }
}
