import ChatCore
import ChatPosix
import ChatSecure
import ChatTerminal

/// What the operator reads, and the end.
extension Listener {
  func announce() {
    let addresses = settings.address.map { [$0] } ?? LocalAddresses.all()
    notify(
      .listening(
        port: socket.boundPort, addresses: addresses, database: settings.database,
        key: signer.certificate?.publicKey.fingerprint, allowFile: settings.allowFile))
    if let damaged = allowed?.list.damaged, !damaged.isEmpty { notify(.damagedLines(damaged)) }
    let missing = Containment.missingLayers()
    if !missing.isEmpty { notify(.uncontained(missing, isKept: settings.isKept)) }
  }

  /// Says something to the operator: through the process that owns the terminal, or
  /// directly. Waits for nobody.
  func notify(_ notice: ServerNotice) {
    notifyAttached(notice)
    // Standard error is read by others than the operator, as the journal is.
    let notice = settings.isDetached ? notice.withoutWords : notice
    switch log(notice) {
    case .notLogged: break
    case .logged: return
    case .noRoom: return machine.lost(notice, at: Self.now)
    }
    let sentence = words.sentence(notice)
    if machine.stopping != nil {
      // Who has the terminal is on its way out, and reads no more.
      lastWords.append(sentence)
      return
    }
    if !settings.isDetached, machine.terminalIsOnItsWay {
      heldNotices.append(notice)
      return
    }
    let wasTaken =
      if settings.isDetached {
        write(sentence)
      } else if machine.owner?.isStuck == true {
        // It would say so when it is over. Its terminal may be in raw mode.
        write(sentence, isRaw: terminal != nil)
      } else if let owner = machine.terminalOwner {
        send(.notice(sentence), to: owner) == .sent
      } else {
        write(sentence)
      }
    if !wasTaken { machine.lost(notice, at: Self.now) }
  }

  /// Writes a sentence as a desk would show it: no process has the terminal, or none that
  /// answers.
  ///
  /// - Returns: whether there is room for it.
  private func write(_ sentence: String, isRaw: Bool = false) -> Bool {
    let lineEnd = isRaw ? "\r\n" : "\n"
    let rows = settings.desk.rows(ofNotice: sentence).map { $0 + lineEnd }
    return errors.write((isRaw ? lineEnd : "") + rows.joined())
  }

  // MARK: The end

  /// The last act: those who did not go in time are killed, the end of the
  /// run is recorded.
  func stop() {
    for (process, _) in sockets {
      ChildProcess.kill(process)
      if let status = try? ChildProcess.wait(for: process) { bringToAnEnd(process, status) }
    }
    sayNews(at: Self.now)
    if let keeper {
      keeper.endIfStopped()
      // What one that has gone left undone, and the run's end.
      if keeper.processID == -1 { try? keeper.restart { [self] in closeInChild() } }
      keeper.join(signer)
      let trouble = keeper.finish(
        within: ListenerMachine.stopWithin, afterAnotherSignal: ListenerMachine.impatientStopWithin)
      for unconfirmed in keeper.takeUnread() { notify(.unconfirmed(unconfirmed)) }
      for notice in sealNotices() { notify(notice) }
      if let trouble {
        notify(.recordingFailed(trouble.error(at: keeper.run.database)))
      }
    }
    // It has signed the last seal.
    signer.end()
    arrivals?.end()
    closeDoor()
    // A desk that had yet to give the terminal back is gone by now.
    lastWords.insert(contentsOf: heldNotices.map(words.sentence), at: 0)
    for sentence in lastWords { _ = write(sentence) }
    let deadline = Self.now.advanced(by: Self.lastWordsWithin)
    while let interest = errors.interest ?? output.interest, Self.now < deadline {
      _ = try? poller.poll(
        [interest], timeoutMilliseconds: deadline.duration(since: Self.now).wholeMilliseconds)
      if Signals.take().contains(where: \.stops) { return }
      output.flush()
      errors.flush()
    }
  }
}
