import ChatCore
import ChatPosix

extension Listener {
  /// Gives the floor to the ready peer that arrived first, when nobody has
  /// it, and tells the others their places.
  func giveFloor() {
    guard stopping == nil else { return }
    if !sessions.contains(where: { $0.standing == .hasFloor }),
      let next = sessions.firstIndex(where: \.wantsFloor)
    {
      for part in ControlLimits.parts(of: unsaid) { order(.unsaid(part), next) }
      unsaid = []
      order(.floor, next)
      sessions[next].standing = .hasFloor
    }
    var place = 0
    for index in sessions.indices where sessions[index].standing == .waiting {
      place += 1
      guard sessions[index].place != place else { continue }
      sessions[index].place = place
      order(.place(place), index)
    }
    tellLine()
  }

  /// Peers in line of whom the operator is told: as many as fit one message.
  private static let toldLineLimit = 100

  /// Tells the one who has the floor who waits, when that has changed.
  private func tellLine() {
    guard let owner = sessions.firstIndex(where: { $0.standing == .hasFloor }) else { return }
    let line = sessions.filter { $0.standing == .waiting }.prefix(Self.toldLineLimit).map {
      WaitingPeer(address: $0.address.host, port: Int($0.address.port))
    }
    if sessions[owner].toldLine == line { return }
    sessions[owner].toldLine = line
    order(.line(line), owner)
  }

  /// Tells one conversation. One that is gone is told by SIGCHLD; one whose
  /// socket is full has stopped, and its peer's patience ends it.
  func order(_ order: ListenerOrder, _ index: Int) {
    _ = try? sessions[index].line.send(order.bytes)
  }

  /// Reads what a conversation reports.
  func hear(_ descriptor: FileDescriptor, at now: Instant) {
    guard let index = sessions.firstIndex(where: { $0.line.descriptor == descriptor }) else {
      return
    }
    while true {
      switch try? sessions[index].line.receive(maximumLength: ControlLimits.messageLength) {
      case .message(let bytes): take(ConversationReport(bytes: bytes), index, at: now)
      case .wouldBlock: return
      case .endOfFile, nil:
        // Its death is told by SIGCHLD.
        sessions[index].hasHungUp = true
        return
      }
    }
  }

  private func take(_ report: ConversationReport, _ index: Int, at now: Instant) {
    switch report {
    case .ready:
      guard sessions[index].standing == .introducing else { return }
      sessions[index].standing = .waiting
      let talks = sessions.contains { $0.standing == .hasFloor }
      if talks && lineLength > settings.waitingLimit {
        order(.full, index)
        sessions[index].standing = .leaving
      }
    case .unheard:
      guard [.introducing, .waiting].contains(sessions[index].standing) else { return }
      let others = sessions.count { $0.standing == .unheard }
      if others < Self.unheardLimit {
        sessions[index].standing = .unheard
      } else {
        order(.full, index)
        sessions[index].standing = .leaving
      }
    case .released:
      sessions[index].standing = .leaving
    case .unsaid(let text):
      unsaid += text
    case .operatorAbsent:
      settings.operatorIsAbsent = true
    case .notice(let sentence):
      // Every one of a line of peers may have the same to tell.
      if sentence != lastNotice {
        // Who has the terminal is on its way out, and hears no more.
        if stopping == nil { tell(sentence) } else { lastWords.append(sentence) }
      }
      lastNotice = sentence
    case .outputGone:
      stop(because: "output closed", at: now)
    case .interrupted:
      stop(because: "SIGINT", at: now)
    case .unrecorded:
      sessions[index].unrecorded = report
    }
  }
}
