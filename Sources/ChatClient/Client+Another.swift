import ChatCore
import ChatLink
import ChatPosix
import ChatTerminal

/// What is said of a conversation whose link is down, and how another begins.
extension Client {
  /// Once in each loss: what is entered reaches nobody yet.
  func sayWhenItIsSaid() {
    guard !search.isDelayReported else { return }
    search.isDelayReported = true
    desk.notify(words.sentence(.saidLater))
  }

  func reportDownTime(at now: Instant) {
    guard let since = machine.detachedSince else { return }
    desk.notify(words.sentence(.linkIsDown(for: now.duration(since: since))))
  }

  /// The server does not have the conversation. It may be another than the one before,
  /// which may come back: nothing is let go of before the time is over.
  func reportNotKnown(_ why: PeerText, at now: Instant) {
    let left = machine.detachedUntil.map { max(.zero, $0.duration(since: now)) } ?? .zero
    if former == .none {
      search.dialAt = now.advanced(by: LinkSearch.notKnownSpacing)
      if search.isNotKnownReported { return }
      search.isNotKnownReported = true
      return desk.notify(words.sentence(.notKnown(why, within: left)))
    }
    desk.notify(
      words.sentence(former == .goingOn ? .keptIsNotKnown(why, within: left) : .leftIsNotKnown(why))
    )
    // The line goes on with the person.
    keep(at: now, always: true, leftDraft: "")
    // One that lives has its own file.
    beginAgain(after: nil, isLeft: !takesOver, at: now)
  }

  /// The conversation before is over, or `isLeft` to the next start: the one before that
  /// goes on, or one of this process's own begins.
  func beginAgain(after ending: Conversation.Ending?, isLeft: Bool = false, at now: Instant) {
    if let ending {
      if former == .goingOn {
        let isLast = nextFormer.allSatisfy(\.isToEnd)
        desk.notify(
          words.sentence(.keptIsOver(ending, dialect: machine.dialect, beginsAnother: isLast)))
      } else if ending.by == .client {
        desk.notify(words.sentence(.formerEnded))
      }
      desk.showLeftovers(of: ending, peer: machine.peer)
      if former == .goingOn { finishSaving(ending) }
    }
    let next = nextFormer.isEmpty ? nil : nextFormer.removeFirst()
    keeping.beginAgain(isLeft: isLeft, next: next)
    link?.finish(within: .seconds(2))
    link = nil
    isLinkLost = false
    search = LinkSearch()
    conversationNumber += 1
    if let next {
      (former, terms) = (next.doing, next.terms)
      machine = Self.machine(goingOnWith: next.record, settings, at: now)
      if next.isToEnd {
        // Nobody can type until then.
        search.until = now.advanced(by: settings.connectWithin)
      } else {
        desk.call(next.record.past.handle)
      }
      return beginFormer(at: now)
    }
    former = .none
    if case .encrypted(_, _, let context)? = terms {
      // Its server is met once more: what is remembered says whether it is the one.
      (self.context, terms, secure, acquaintance) = (context, nil, nil, .none)
    }
    var settings = settings
    settings.handle = desk.handle
    machine = Self.machine(settings, at: now)
    guard dialer.isAlive else {
      return self.handle([.failed(.broken(LinkSearch.dialerDied))], at: now)
    }
    search.until = now.advanced(by: settings.connectWithin)
    dialer.dial()
  }
}
