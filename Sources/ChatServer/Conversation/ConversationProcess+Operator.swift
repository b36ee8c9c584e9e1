import ChatCore
import ChatPosix
import ChatSecure
import ChatTerminal
import Transcript

/// What the operator wants, and who and what there is to see.
extension ConversationProcess {
  func perform(_ action: DeskAction, at now: Instant) {
    switch action {
    case .say(let message): post(.operatorSaid(message), at: now)
    case .quit: post(.operatorQuit, at: now)
    case .who: showPeers(at: now)
    case .free: post(.operatorWantsFree, at: now)
    case .history: showLastMessages(orThatThereAreNone: true)
    case .interrupt:
      isDetaching = settings.isDetached
      listener.report(.interrupted)
    case .suspend where settings.isDetached: askToDetach(suspends: true)
    case .suspend: desk?.suspend()
    case .detach: askToDetach(suspends: false)
    case .endOfInput where settings.isDetached && desk?.hasLostTerminal == true:
      isDetaching = true
      listener.report(.outputGone)
    // Who has lost the link dials.
    case .dial: break
    case .endOfInput: endInput(at: now)
    case .name, .unnamed, .answer:
      preconditionFailure("a server's operator is not asked for a name")
    }
  }

  /// End of file is a goodbye, except in `free` for an operator who was never
  /// there: a server without standard input listens and records.
  private func endInput(at now: Instant) {
    guard let desk, settings.mode == .free, !desk.hasReadInput, !desk.isInteractive else {
      post(.operatorQuit, at: now)
      return
    }
    // Once a run.
    if !settings.operatorIsAbsent { notify(.inputEnded(isKept: settings.isKept)) }
    listener.report(.operatorAbsent)
  }

  private func showPeers(at now: Instant) {
    desk?.showPeer(of: machine, at: "\(address)")
    if let peer = machine.peer, let since = machine.detachedSince, let until = machine.detachedUntil
    {
      notify(
        .linkIsDown(peer, for: now.duration(since: since), within: until.duration(since: now)))
    }
    if let protection = transport.link.protection { notify(.protection(protection)) }
    notify(.waits(names: queue.map(name(of:)), others: max(0, queueLength - queue.count)))
  }

  /// What there is to know of who is there beside the name, which anybody may take.
  func showKey() {
    guard let peer = machine.peer, let protection = transport.link.protection else { return }
    if !protection.isEncrypted, desk?.memory.knowsOfClear == false {
      desk?.memory.knowsOfClear = true
      notify(.notEncrypted)
    }
    do throws(TranscriptError) {
      guard let before = try recorder.otherKey(of: peer) else { return }
      let day = Clock.localTime(before.milliseconds).dayText
      notify(.otherKey(peer, day: day, isNone: protection.key == nil))
    } catch {
      // Not to be known is not to have no other.
      notify(.keysUnread(error))
    }
  }

  /// What was last said with whoever has this handle.
  func showLastMessages(orThatThereAreNone saysNone: Bool) {
    guard let peer = machine.peer, let desk else { return }
    do throws(TranscriptError) {
      let messages = try recorder.lastMessages(with: peer, limit: RecentLines.limit)
      let lines = messages.compactMap { message -> RecentLines.Line? in
        guard let said = message.said else { return nil }
        let when = Clock.localTime(message.time.milliseconds)
        return RecentLines.Line(
          when: "\(when.dayText) \(when.timeText)",
          name: desk.historyName(of: said.party, peer: peer),
          text: PeerText(said.text))
      }
      if saysNone || !lines.isEmpty { desk.showHistory(lines, with: peer) }
    } catch {
      notify(.recordingFailed(error))
    }
  }

  /// Reports what the peer calls itself, once.
  func reportName() {
    guard let peer = machine.peer, !hasReportedName else { return }
    hasReportedName = true
    listener.report(.named(peer))
  }

  /// Names those who are new in the queue, when that is due.
  func announceNewcomers(at now: Instant) {
    if let (named, others) = queueNews.take(at: now) {
      for peer in named {
        // It may have left by the time that this is said.
        let isThere = queue.contains { $0.processID == peer.processID }
        notify(.joined(name: name(of: peer), waiting: isThere ? queueLength : nil))
      }
      if others > 0 { notify(.joinedToo(count: others, waiting: queueLength)) }
    }
    let read = queueNews.takeRead()
    if read > 0 { listener.report(.queueRead(count: read)) }
  }

  /// The handle is in the transcript, put there by the process that read it.
  private func name(of peer: WaitingPeer) -> String {
    guard let handle = try? recorder.handle(of: peer) else { return peer.address }
    let name = DisplayName.of(handle, .client, besides: settings.handle.text)
    return "\(name) (\(peer.address))"
  }

  /// To the operator, through the listener while another has the terminal: by a
  /// code, since the listener prints no words of a process that reads a peer's.
  func notify(_ notice: ServerNotice) {
    if let desk { return desk.notify(words.sentence(notice)) }
    switch notice {
    case .recordingFailed(let error): listener.report(.recordingFailed(TranscriptTrouble(error)))
    case .recordingWorks: listener.report(.recordingWorks)
    case .unread(_, let count, _): listener.report(.wordsUnread(count: count))
    // The rest is about what only the one with the terminal does.
    default: break
    }
  }
}

extension ArrivingTransport.Link {
  /// As the transcript has it.
  var protection: Protection? {
    switch self {
    case .undecided: nil
    case .clear: Protection(isEncrypted: false)
    case .secure(let peer):
      Protection(isEncrypted: true, key: peer?.key?.fingerprint.description)
    }
  }
}
