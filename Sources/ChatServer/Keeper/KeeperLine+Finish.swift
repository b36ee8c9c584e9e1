import ChatPosix

extension KeeperLine {
  /// Has the run's end recorded and waits for the keeper to go.
  func finish(within milliseconds: Int64) {
    ask(.stop)
    let deadline = Clock.monotonicMilliseconds() + milliseconds
    var poller = Poller()
    while Clock.monotonicMilliseconds() < deadline {
      send()
      // End of file: the keeper has left.
      guard let socket,
        let ready = try? poller.poll(
          [Interest(socket.descriptor)], timeoutMilliseconds: isBehind ? 10 : 100)
      else { return }
      if ready.isEmpty { continue }
      if case .endOfFile? = try? socket.receive(maximumLength: ControlLimits.messageLength) {
        return
      }
    }
  }
}
