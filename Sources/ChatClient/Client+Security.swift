import ChatCore
import ChatLink
import ChatSecure
import ChatTerminal

/// What the user has to know of the link before anything is said.
extension Client {
  /// How far that has come.
  enum Acquaintance {
    case none
    /// Whether to talk to a new server is asked; what it says meanwhile waits.
    case asking(heard: [Conversation.Event])
    case made
  }

  var isAskingToTrust: Bool {
    if case .asking = acquaintance { true } else { false }
  }

  /// Whether the server waits for that question. Until it has greeted it is read all the
  /// same: what takes time to arrive would be taken for silence.
  var isHoldingBack: Bool {
    guard case .asking(let heard) = acquaintance else { return false }
    return heard.contains { if case .introduced = $0 { true } else { false } }
  }

  /// Takes what the link gave, once the user knows enough.
  func hear(_ events: [Conversation.Event], at now: Instant) {
    if case .none = acquaintance, secure?.peer != nil { meet(at: now) }
    if case .asking(let heard) = acquaintance {
      acquaintance = .asking(heard: heard + events)
    } else {
      take(events, at: now)
    }
  }

  /// The handshake is done.
  private func meet(at now: Instant) {
    guard trust.asks, let key = trust.newKey else { return settle(at: now) }
    acquaintance = .asking(heard: [])
    desk.notify(words.sentence(.unknownKey(key.fingerprint, isTemporary: trust.isTemporary)))
    desk.ask(words.sentence(.askToTrust))
  }

  /// As ssh does: yes, no, or the fingerprint as the operator gave it.
  func take(answer: String, at now: Instant) {
    guard case .asking(let heard) = acquaintance else { return }
    let print = Fingerprint(answer)
    let verdict = print.map { $0 == trust.newKey?.fingerprint ? "yes" : "no" }
    switch verdict ?? answer.lowercased() {
    case "yes":
      settle(at: now)
      handle(heard, at: now)
    case "no", "\\quit":
      trust.decline(knowsAnother: print != nil)
      acquaintance = .made
      handle([.operatorQuit], at: now)
    default: desk.ask(words.sentence(.askToTrustAgain))
    }
  }

  private func settle(at now: Instant) {
    let wasAsked = isAskingToTrust
    acquaintance = .made
    switch trust.settle() {
    case .remembered? where wasAsked: desk.notify(words.sentence(.trusted(isRemembered: true)))
    case .temporary? where wasAsked: desk.notify(words.sentence(.trusted(isRemembered: false)))
    case .remembered(let print)?: desk.notify(words.sentence(.remembered(print)))
    case .temporary(let print)?: desk.notify(words.sentence(.temporaryKey(print)))
    case .notRemembered(let print, let obstacle)?:
      desk.notify(words.sentence(.notRemembered(print, obstacle)))
    case .known?: break
    case nil: handle([.operatorQuit], at: now)
    }
  }

  /// Once, when there is somebody to talk to. Who asked for it knows.
  func sayWhetherEncrypted() {
    guard case .none = acquaintance, secure == nil else { return }
    acquaintance = .made
    if settings.security.isClear { return }
    let wasAsked = trust.memory.isClearToday
    desk.notify(words.sentence(wasAsked ? .notEncryptedToday : .notEncrypted))
  }

  /// The server's key, and the one that it is shown; `nil` in clear.
  var keys: (server: Fingerprint, own: Fingerprint?)? {
    guard let key = secure?.peer?.key else { return nil }
    // A link that another is gone on over was not judged by what is remembered.
    let own = if case .encrypted(_, let own, _)? = terms { own } else { trust.shownKey }
    return (key.fingerprint, own?.publicKey.fingerprint)
  }

  /// Why there was no talk, once it is over.
  var refusal: ServerRefusal? {
    if let refusal = trust.refusal { return refusal }
    guard let secure, secure.peer == nil, let ending else {
      // Who leaves has answered; a link that was lost is that.
      return isAskingToTrust && ending?.by == .client ? .declined : nil
    }
    switch secure.refusal {
    case .failure(let failure)?: return .failure(failure)
    case .answeredInClear?: return .answeredInClear(isKnown: trust.isPinned)
    case .saidInClear(let line)?:
      return .saidInClear(PeerText(String(decoding: line, as: UTF8.self)))
    case .tooSlow?: return .tooSlow
    case nil: return ending.by == .client ? nil : .cut
    }
  }
}
