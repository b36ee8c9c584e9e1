import ChatCore
import ChatPosix
import ChatSecure

/// The two processes that the listener cannot do without for long: the keeper of the
/// transcript and the signer.
extension Listener {
  func readKeeper(at now: Instant) {
    guard let keeper else { return }
    let isSound = keeper.read()
    for unconfirmed in keeper.takeUnread() { post(.unconfirmed(unconfirmed), at: now) }
    for notice in sealNotices() { post(notice, at: now) }
    if isSound { return }
    // It has read what peers wrote, and is not what it was.
    ChildProcess.kill(keeper.processID)
    post(.keeperMisbehaved, at: now)
  }

  /// What the keeper has found of seals.
  func sealNotices() -> [ServerNotice] {
    guard let keeper else { return [] }
    let database = keeper.run.database
    return keeper.takeSealNews().compactMap { news in
      switch news {
      case .sealMissing(let seal):
        .sealMissing(seal, database: database, settings.keyFile)
      case .sealNotKept(let trouble):
        KeptSealFile(of: database, beside: settings.keyFile).map { .sealNotKept(trouble, $0.path) }
      case .resumable, .running, .failed, .recorded, .unconfirmed, .alive: nil
      }
    }
  }

  func watchKeeper(at now: Instant) {
    guard let keeper else { return }
    let process = keeper.processID
    switch keeper.watch(isLockedOut: machine.isLockedOut(process, keeper: process)) {
    case .waitsForKernel: post(.keeperWaitsForKernel, at: now)
    case .killed: post(.keeperSilent, at: now)
    case .owes: post(.keeperOwes, at: now)
    case nil: break
    }
  }

  /// Starts another keeper when one has gone, but not again and again where it
  /// finds nothing to open.
  func restartKeeper(at now: Instant) {
    guard let keeper, keeper.processID == -1, machine.stopping == nil, now >= keeperAgainAt
    else { return }
    keeperAgainAt = now.advanced(by: Self.keeperPause)
    // Without a keeper talk goes on: every conversation records itself.
    try? keeper.restart { [self] in closeInChild() }
  }

  // MARK: The signer

  /// What it said, or that it went without a word.
  func take(_ finding: SignerLink.Finding?, at now: Instant) {
    switch finding {
    case .failed(let trouble):
      // Once for each cause: it is tried again every second.
      if trouble == keyTrouble { return }
      keyTrouble = trouble
      post(.keyLost(trouble, settings.keyFile), at: now)
    case .ready: useKey(at: now)
    case .misbehaved, nil: break
    }
  }

  /// Makes ``secure`` of the signer's key, where it is of another.
  ///
  /// - Returns: whether it was.
  @discardableResult
  func makeContext() throws(KeyTrouble) -> Bool {
    guard let certificate = signer.certificate,
      certificate.publicKey.fingerprint != secure?.fingerprint
    else { return false }
    secure = nil
    do throws(SecureSetupError) {
      secure = try .server(certificate)
    } catch {
      throw KeyTrouble(.system)
    }
    return true
  }

  /// A signer that was started again is there.
  private func useKey(at now: Instant) {
    do throws(KeyTrouble) {
      if try makeContext(), let key = secure?.fingerprint { post(.keyReplaced(key), at: now) }
      keyTrouble = nil
    } catch {
      // Another is tried with the next one.
      ChildProcess.kill(signer.processID)
      take(.failed(error), at: now)
    }
  }

  func signerDied(at now: Instant) {
    take(signer.takeBack(), at: now)
    if signer.wasReady { post(.signerDied, at: now) }
  }

  /// Starts another signer when one has gone. Without one nobody new is let in, and
  /// the talk goes on.
  func restartSigner(at now: Instant) {
    guard signer.processID == -1, machine.stopping == nil, now >= signerAgainAt else { return }
    signerAgainAt = now.advanced(by: Self.signerPause)
    try? signer.spawn { [self] in closeInChild() }
  }
}
