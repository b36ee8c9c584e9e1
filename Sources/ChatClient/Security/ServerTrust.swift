import ChatCore
import ChatPosix
import ChatSecure

/// What the user wants of the link, beside what is remembered of the server.
package struct SecurityOptions {
  /// The only key that is taken, of a server that is not known.
  package var key: Fingerprint?
  /// Whether the user is asked before another is.
  package var asksForKey = false
  package var requiresEncryption = false
  /// No TLS.
  package var isClear = false

  package init() {}
}

/// Why a server is not talked to. Nothing was said to it.
package enum ServerRefusal: Error {
  /// What is remembered of it cannot be relied on.
  case memory(ServerMemory.Failure)
  /// It has another key than it had.
  case otherKey(Fingerprint, since: String)
  /// It has another key than `--key` names.
  case unwantedKey(Fingerprint)
  /// `--key` names another key than is remembered.
  case otherKeyWanted(known: Fingerprint, since: String)
  /// `--clear`, of a server that was encrypted.
  case clearWanted(since: String)
  /// `--ask-key`, and nobody to ask, or a no, or another key for an answer.
  case nobodyToAsk
  case declined
  case otherKeyAnswered
  case answeredInClear(isKnown: Bool)
  /// All that came were these words, without encryption, and the end.
  case saidInClear(PeerText)
  case failure(SecureSession.Failure)
  case tooSlow
  /// A server that is not known greeted as one that encrypts, and gave no answer when
  /// it was asked to.
  case noAnswer
  /// The stream ended before it was encrypted.
  case cut
}

/// Judges the key of a server, and remembers it.
final class ServerTrust {
  /// A server that was met for the first time.
  enum Meeting {
    case remembered(Fingerprint)
    /// A key for this run of the server.
    case temporary(Fingerprint)
    case notRemembered(Fingerprint, ServerMemory.Obstacle)
    /// Another chatclient met it at the same time.
    case known
  }

  let memory: ServerMemory
  private let options: SecurityOptions
  /// The key that the server has shown, where it is new.
  private(set) var newKey: PublicKey?
  private(set) var isTemporary = false
  /// What the server is shown, or would be if it asked.
  private(set) var shownKey: PrivateKey?
  /// What a new server is shown.
  private var ownKey: PrivateKey?
  private(set) var refusal: ServerRefusal?

  init(_ options: SecurityOptions, _ memory: ServerMemory) {
    self.options = options
    self.memory = memory
  }

  /// Whether it is spoken to in TLS or not at all. In clear there is no key to ask about.
  var demandsEncryption: Bool {
    isPinned || options.requiresEncryption || options.key != nil || options.asksForKey
  }

  /// Whether a pin says so.
  var isPinned: Bool {
    if case .pinned? = memory.known?.trust { true } else { false }
  }

  /// Whether the user is to be asked about the key that the server has shown.
  var asks: Bool { newKey != nil && options.asksForKey && options.key == nil }

  /// What forbids even to connect.
  func check(canAsk: Bool) throws(ServerRefusal) {
    if case .pinned(let print)? = memory.known?.trust, let since = memory.known?.since {
      if options.isClear { throw .clearWanted(since: since) }
      if let key = options.key, key != print { throw .otherKeyWanted(known: print, since: since) }
    } else if options.asksForKey, options.key == nil, !canAsk {
      throw .nobodyToAsk
    }
  }

  /// What forbids to talk in clear after all: another chatclient may have met the server
  /// while this one looked it up, connected and waited.
  func checkClear() throws(ServerRefusal) {
    do throws(ServerMemory.Failure) {
      try memory.recallByName()
    } catch {
      throw .memory(error)
    }
    guard isPinned, let since = memory.known?.since else { return }
    throw options.isClear ? .clearWanted(since: since) : .answeredInClear(isKnown: true)
  }

  /// Of the server's certificate: that it has the private half is not known yet.
  func judge(_ key: PublicKey, isTemporary: Bool) -> SecureTransport.Judgement {
    let print = key.fingerprint
    do throws(ServerMemory.Failure) {
      try memory.recall()
    } catch {
      return refuse(.memory(error))
    }
    if let known = memory.known, case .pinned(let pinned) = known.trust {
      guard pinned == print else { return refuse(.otherKey(print, since: known.since)) }
      return accept(showing: known.ownKey)
    }
    if let wanted = options.key, wanted != print { return refuse(.unwantedKey(print)) }
    newKey = key
    self.isTemporary = isTemporary
    // Without random bytes there would have been no handshake.
    if !isTemporary { ownKey = try? PrivateKey.random() }
    return accept(showing: ownKey)
  }

  private func accept(showing key: PrivateKey?) -> SecureTransport.Judgement {
    shownKey = key
    return .accepted(showing: key)
  }

  /// Whether a conversation with a server of this key, which was shown `own`, can be gone
  /// on with: both keys are what they were.
  func isAsBefore(_ server: Fingerprint, shown own: Fingerprint?) -> Bool {
    if options.isClear { return false }
    if let wanted = options.key, wanted != server { return false }
    return !hasForgotten(.encrypted(server: server, own: own))
  }

  /// Whether a conversation on such a link can be gone on with by no start any more,
  /// whatever its options.
  func hasForgotten(_ link: TalkRecord.Link) -> Bool {
    guard case .encrypted(let server, let own) = link else { return isPinned }
    guard case .pinned(let pinned)? = memory.known?.trust else {
      // The key of one run of the server is not remembered, and was shown none.
      return own != nil
    }
    return pinned != server || memory.known?.ownKey?.publicKey.fingerprint != own
  }

  private func refuse(_ refusal: ServerRefusal) -> SecureTransport.Judgement {
    self.refusal = refusal
    return .refused
  }

  /// The user does not want the key, or knows another.
  func decline(knowsAnother: Bool) { refusal = knowsAnother ? .otherKeyAnswered : .declined }

  /// Remembers a new server that has proved its key.
  ///
  /// - Returns: what there is to say about it; `nil` when it is refused after all.
  func settle() -> Meeting? {
    defer { memory.close() }
    guard let newKey else { return .known }
    let print = newKey.fingerprint
    if isTemporary { return .temporary(print) }
    switch memory.remember(.pinned(print), ownKey: ownKey) {
    case .done: return .remembered(print)
    case .failed(let obstacle): return .notRemembered(print, obstacle)
    case .known(let known):
      if known.trust == .pinned(print) { return .known }
      refusal = .otherKey(print, since: known.since)
    case .unreliable(let failure): refusal = .memory(failure)
    }
    return nil
  }
}
