import ChatCore
import ChatPosix
import SystemPackage

/// The process that makes chatclient's connections, the first among them, and never reads
/// a byte of what comes over one: it keeps the right to open sockets, which whoever reads
/// a server has given up. It knows one host and one port.
struct Dialer {
  /// A name is asked for anew where the address that worked does not any more, and not
  /// more often than this: the C library waits for name servers that do not answer.
  private static let resolveEvery = Duration.seconds(10)
  /// What name services read: resolver(3), nsswitch.conf(5), and where links from there
  /// lead. The libraries that they are made of are loaded by then.
  private static let nameFiles: [FilePath] = ["/etc", "/run", "/usr/etc", "/mnt/wsl"]
  /// TCP's, of a name server whose answer is long.
  private static let namePort: UInt16 = 53

  private struct Try {
    var connecting: Connecting
    var address: SocketAddress
    var until: Instant
  }

  private let socket: MessageSocket
  private let host: String
  private let port: UInt16
  private let family: AddressFamily?
  private var schedule = DialSchedule()
  /// The one that worked last is the first.
  private var addresses: [SocketAddress] = []
  private var lastResolved: Instant?
  private var isContained = false
  /// Of the round that is under way.
  private var untried: [SocketAddress] = []
  private var tried: Set<SocketAddress> = []
  private var mayResolve = false
  private var wasRefused = false
  private var current: Try?
  private var isOver = false
  private var poller = Poller(ignoringSignals: true)

  /// The body of the dialer's process, forked by `parent`; the value is its exit status.
  static func main(
    _ socket: MessageSocket, host: String, port: UInt16, family: AddressFamily?, parent: Int32
  ) -> Int32 {
    ProcessName.set("chatclient-dial")
    Signals.resetInChild()
    do throws(SystemCallError) {
      // Keys of the terminal are chatclient's, and it decides what comes of them.
      try Signals.ignore([.interrupt, .quit, .hangup, .terminalStop])
      try StandardDescriptors.leave(but: socket.descriptor)
    } catch {
      _ = try? socket.send(DialAnswer.failed(error).bytes)
      return 1
    }
    guard ProcessID.dieWithParent(parent) else { return 0 }
    var dialer = Dialer(socket, host: host, port: port, family: family)
    while !dialer.isOver { dialer.turn() }
    return 0
  }

  private init(
    _ socket: MessageSocket, host: String, port: UInt16, family: AddressFamily?
  ) {
    self.socket = socket
    self.host = host
    self.port = port
    self.family = family
  }

  private static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }
  private static var jitter: Double { Double.random(in: 0..<1) }

  private mutating func turn() {
    if current == nil, let due = schedule.deadline, Self.now >= due { startRound() }
    var interests = [Interest(socket.descriptor)]
    if let current {
      interests.append(Interest(current.connecting.descriptor, read: false, write: true))
    }
    let deadline = current?.until ?? schedule.deadline
    let timeout = deadline.map { max(0, $0.duration(since: Self.now).wholeMilliseconds) }
    // ENOMEM passes; asking again is all there is to do.
    let ready = (try? poller.poll(interests, timeoutMilliseconds: timeout)) ?? []
    if let current {
      if ready.contains(where: { $0.descriptor == current.connecting.descriptor }) {
        finish(current)
      } else if Self.now >= current.until {
        current.connecting.cancel()
        self.current = nil
        advance()
      }
    }
    if ready.contains(where: { $0.descriptor == socket.descriptor }) { obey() }
  }

  private mutating func obey() {
    while !isOver {
      switch try? socket.receive(maximumLength: DialOrder.longest) {
      case .message(let bytes):
        switch DialOrder(bytes: bytes) {
        case .connect(let limit): answer(first(within: limit))
        case .dial: schedule.want(at: Self.now, jitter: Self.jitter)
        case .hurry: schedule.hurry(at: Self.now)
        case .rest:
          schedule.rest()
          current?.connecting.cancel()
          current = nil
        case nil: isOver = true
        }
      case .wouldBlock, nil: return
      case .tooLong, .endOfFile: isOver = true
      }
    }
  }

  private mutating func answer(_ answer: DialAnswer, passing passed: FileDescriptor? = nil) {
    if (try? socket.send(answer.bytes, passing: passed.map { [$0] } ?? [])) != .sent {
      isOver = true
    }
  }

  /// Hands over a connection.
  private mutating func deliver(_ connection: FileDescriptor, _ address: SocketAddress) {
    defer { connection.closeOnce() }
    do throws(SystemCallError) {
      try connection.setPeerOptions()
    } catch {
      return answer(.failed(error))
    }
    addresses.removeAll { $0 == address }
    addresses.insert(address, at: 0)
    answer(.connected(address), passing: connection)
  }

  private mutating func resolve() throws(ResolveError) -> [SocketAddress] {
    let found = try Resolver.resolve(host, port: port, family: family)
    // The first answer is read as chatclient itself read it before there was a dialer:
    // what answers later comes while somebody talks.
    if !isContained {
      isContained = true
      var containment = Containment(.dialer, readableFiles: Self.nameFiles)
      containment.ports = [port, Self.namePort]
      containment.apply()
    }
    return found
  }
}

// MARK: - The first connection

extension Dialer {
  /// Tries the addresses in getaddrinfo's order (RFC 6724) until one answers. Each gets
  /// its share of the time that is left, so that one that swallows packets does not keep
  /// the next from being tried. `limit` is over all of them.
  ///
  /// - Returns: why there is no connection; or, handed over, that there is one.
  private mutating func first(within limit: Duration) -> DialAnswer? {
    let deadline = Self.now.advanced(by: limit)
    do throws(ResolveError) {
      addresses = try resolve()
    } catch {
      return .unknownHost(error)
    }
    var failure = DialAnswer.timedOut
    for (index, address) in addresses.enumerated() {
      let left = deadline.duration(since: Self.now)
      if left <= .zero { break }
      do throws(SystemCallError) {
        if let connection = try connect(to: address, within: left / (addresses.count - index)) {
          deliver(connection, address)
          return nil
        }
      } catch {
        failure = .unreachable(address, error)
      }
    }
    return failure
  }

  private mutating func answer(_ failure: DialAnswer?) {
    if let failure { answer(failure, passing: nil) }
  }

  /// A connected socket; `nil` when the time ran out.
  private mutating func connect(
    to address: SocketAddress, within limit: Duration
  ) throws(SystemCallError) -> FileDescriptor? {
    let connecting = try Connecting.start(to: address)
    let deadline = Self.now.advanced(by: limit)
    while connecting.state == .inProgress {
      let left = deadline.duration(since: Self.now)
      let ready = try poller.poll(
        [Interest(connecting.descriptor, read: false, write: true)],
        timeoutMilliseconds: max(0, left.wholeMilliseconds))
      if !ready.isEmpty { break }
      if left <= .zero {
        connecting.cancel()
        return nil
      }
    }
    return try connecting.finish()
  }
}

// MARK: - The others

extension Dialer {
  private mutating func startRound() {
    let now = Self.now
    schedule.start(at: now)
    untried = Array(addresses.prefix(1))
    tried = []
    wasRefused = true
    mayResolve = lastResolved.map { now.duration(since: $0) >= Self.resolveEvery } ?? true
    if !mayResolve { untried = addresses }
    advance()
  }

  /// Begins the next try of the round, or ends it.
  private mutating func advance() {
    while current == nil {
      if untried.isEmpty, mayResolve { lookUp() }
      guard !untried.isEmpty else {
        return schedule.fail(at: Self.now, wasRefused: wasRefused, jitter: Self.jitter)
      }
      let address = untried.removeFirst()
      tried.insert(address)
      do throws(SystemCallError) {
        let connecting = try Connecting.start(to: address)
        let next = Try(
          connecting: connecting, address: address,
          until: Self.now.advanced(by: DialSchedule.longestTry))
        current = next
        if connecting.state == .connected { finish(next) }
        return
      } catch {
        note(error)
      }
    }
  }

  private mutating func lookUp() {
    mayResolve = false
    Resolver.hurry()
    let found = (try? resolve()) ?? []
    lastResolved = Self.now
    // One that is not named any more may still be the server's.
    addresses = addresses.prefix(1) + found.filter { $0 != addresses.first }
    untried = addresses.filter { !tried.contains($0) }
    if tried.isEmpty && untried.isEmpty { wasRefused = false }
  }

  private mutating func finish(_ ended: Try) {
    current = nil
    do throws(SystemCallError) {
      let connection = try ended.connecting.finish()
      schedule.succeed()
      deliver(connection, ended.address)
    } catch {
      note(error)
      advance()
    }
  }

  private mutating func note(_ error: SystemCallError) {
    if error.errno != .connectionRefused { wasRefused = false }
  }
}
