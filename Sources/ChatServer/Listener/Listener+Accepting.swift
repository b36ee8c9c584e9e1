import ChatCore
import ChatPosix

extension Listener {
  /// Takes every peer that has arrived.
  func acceptAll(at now: Instant) {
    while true {
      do throws(SystemCallError) {
        switch try socket.accept() {
        case .wouldBlock:
          return
        case .retryLater(.connectionAbort):
          continue
        case .retryLater(let errno):
          tell(.acceptFailed(errno))
          acceptAgainAt = now.advanced(byMilliseconds: Self.acceptPause)
          return
        case .accepted(let peer, let address):
          admit(peer, from: address, at: now)
          // A shortage is not over with the next peer.
          if acceptAgainAt != nil { return }
        }
      } catch {
        tell(.acceptFailed(error.errno))
        acceptAgainAt = now.advanced(byMilliseconds: Self.acceptPause)
        return
      }
    }
  }

  private func admit(_ peer: FileDescriptor, from address: SocketAddress, at now: Instant) {
    defer { peer.closeOnce() }
    if isFull {
      turnAway(peer, at: now)
      return
    }
    makeRoomForAnother()
    do throws(SystemCallError) {
      try peer.setPeerOptions()
      // Whatever is open here is open there: what is not its own it closes.
      let (child, line) = try ChildProcess.fork(withLine: { [self] line in
        closeInChild()
        return ConversationProcess.main(
          peer: peer, address: address, line: line, run: keeper?.run,
          settings: settings, words: words)
      })
      sessions.append(Session(processID: child, line: line, address: address))
    } catch {
      // ECONNRESET and its like: the peer has gone again. The rest is a
      // shortage, of which the peer is told by the close.
      tell(.forkFailed(error.errno))
      acceptAgainAt = now.advanced(byMilliseconds: Self.acceptPause)
    }
  }

  /// Whether a newcomer finds no place: somebody talks and the line is full.
  private var isFull: Bool {
    sessions.contains { $0.standing == .hasFloor } && lineLength >= settings.waitingLimit
  }

  /// How many wait for the floor.
  var lineLength: Int { sessions.count { $0.standing == .waiting } }

  /// One plain sentence and a close; nothing waits for the newcomer.
  private func turnAway(_ peer: FileDescriptor, at now: Instant) {
    let sentence = words.sentence(.lineIsFull(waiting: lineLength)) + "\n"
    _ = try? peer.writeAvailable(Array(sentence.utf8))
    try? peer.shutdownWrite()
    turnedAway += 1
    if turnedAwayNoticeAt == nil { turnedAwayNoticeAt = now }
  }

  /// Tells the operator of those turned away, once a second at most.
  func tellTurnedAway(at now: Instant) {
    guard let noticeAt = turnedAwayNoticeAt, now >= noticeAt else { return }
    if turnedAway == 0 {
      turnedAwayNoticeAt = nil
      return
    }
    tell(.turnedAway(count: turnedAway))
    turnedAway = 0
    turnedAwayNoticeAt = now.advanced(byMilliseconds: Self.noticeInterval)
  }

  /// Sends the oldest silent peer away when there are too many of them.
  private func makeRoomForAnother() {
    let silent = sessions.indices.filter { sessions[$0].standing == .introducing }
    guard silent.count >= Self.introducingLimit, let oldest = silent.first else { return }
    order(.full, oldest)
    sessions[oldest].standing = .leaving
  }

  private func closeInChild() {
    Signals.resetInChild()
    socket.close()
    for session in sessions { session.line.close() }
    keeper?.closeInChild()
  }
}
